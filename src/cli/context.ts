import { type Context, openContext } from '../app/open-context.ts'
import { createLogger } from '../telemetry/logger.ts'
import { fail } from './print.ts'
import { loadSettings } from './settings.ts'

/** Opens the database for one command, and closes it afterwards. The server may be running on it only by DATABASE_URL. */
export async function withContext<Value>(work: (context: Context) => Promise<Value>): Promise<Value> {
  const { settings } = loadSettings()
  const logger = await createLogger({
    level: 'warn',
    format: settings.logFormat,
    isTerminal: process.stdout.isTTY === true,
  })
  const context = await openContext({
    settings,
    clock: { now: () => Date.now() },
    logger,
    announce: () => undefined,
    onWait: () => undefined,
    onFailure: (error) => fail(error.message),
  })
  try {
    return await work(context)
  } finally {
    await context.engine.close()
  }
}
