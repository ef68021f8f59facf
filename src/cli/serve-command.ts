import { Command } from 'commander'
import { systemClock } from '../app/system-clock.ts'
import { type RunningApp, startApp } from '../app.ts'
import { createLogger, type Logger } from '../telemetry/logger.ts'
import { demoBanner } from './demo-banner.ts'
import { print } from './print.ts'
import { loadSettings } from './settings.ts'
import { VERSION } from './version.ts'

/** Faster than anybody presses Ctrl+C twice, slower than a launcher passes a signal on. */
const SAME_SIGNAL_MS = 300

export function serveCommand(): Command {
  return new Command('serve')
    .description('run the server: API, realtime gateway and background work in one process')
    .option('--demo', 'create a demo project and write its keys to credentials.json in the data folder')
    .action(async (options: { demo?: boolean }) => {
      const { settings } = loadSettings()
      const logger = await createLogger({
        level: settings.logLevel,
        format: settings.logFormat,
        isTerminal: process.stdout.isTTY === true,
      })
      const app = await startOrExit(logger, () =>
        startApp({
          settings,
          logger,
          version: VERSION,
          demo: options.demo === true,
          clock: systemClock,
          onFailure: (error) => {
            logger.fatal({ err: error }, 'the server cannot go on')
            process.exit(1)
          },
        }),
      )
      if (app.demo === null) logger.info({ url: app.url, engine: app.engine }, 'Purser is ready')
      else for (const line of demoBanner(app.demo, app.engine)) print(line)
      stopOnSignal(app, logger, settings.shutdownGraceMs)
    })
}

async function startOrExit(logger: Logger, start: () => Promise<RunningApp>): Promise<RunningApp> {
  try {
    return await start()
  } catch (error) {
    logger.debug({ err: error }, 'where it failed')
    logger.fatal(`Purser could not start. ${reasonOf(error)}`)
    process.exit(1)
  }
}

/** What the person at the terminal can do about it, where Node's own words do not say so. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} of ${address} is taken: stop the other program, or set PURSER_PORT.`
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} needs more rights than this user has: set PURSER_PORT.`
  const { cause } = error
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message
}

/**
 * The first signal lets requests under way end; a second one, or the end of the grace time, ends the process at once.
 * A launcher may pass on a signal that the whole process group has got already, so what follows at once is the same one.
 */
function stopOnSignal(app: RunningApp, logger: Logger, graceMs: number): void {
  let stoppingSince: number | null = null
  const stop = async (signal: NodeJS.Signals) => {
    const now = performance.now()
    if (stoppingSince !== null) {
      if (now - stoppingSince > SAME_SIGNAL_MS) process.exit(1)
      return
    }
    stoppingSince = now
    logger.info({ signal }, 'stopping')
    const forced = setTimeout(() => {
      logger.error({ graceMs }, 'the grace time is over; ending with requests under way')
      process.exit(1)
    }, graceMs)
    await app.stop()
    clearTimeout(forced)
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
