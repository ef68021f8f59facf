import { Command } from 'commander'
import { fail, print } from './print.ts'
import { loadSettings } from './settings.ts'

const TIMEOUT_MS = 3_000

export function healthcheckCommand(): Command {
  return new Command('healthcheck')
    .description('ask the running server whether it is ready; exit code 0 or 1, for containers without curl')
    .action(async () => {
      const { settings } = loadSettings()
      const host = settings.host === '0.0.0.0' || settings.host === '::' ? '127.0.0.1' : settings.host
      const url = `http://${host}:${settings.port}/ready`
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null)
      if (response === null) fail(`no answer from ${url}`)
      if (!response.ok) fail(`not ready: ${await response.text()}`)
      print('ready')
    })
}
