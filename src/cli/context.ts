import { destination } from 'pino'
import { type Context, type ContextOptions, openContext } from '../app/open-context.ts'
import { systemClock } from '../app/system-clock.ts'
import { createLogger } from '../telemetry/logger.ts'
import { endWith, fail } from './print.ts'
import { loadSettings } from './settings.ts'

/** Opens the database for one command, and closes it afterwards. The server may be running on it only by DATABASE_URL. */
export async function withContext<Value>(work: (context: Context) => Promise<Value>): Promise<Value> {
  const { settings } = loadSettings()
  const logger = await createLogger({
    level: 'warn',
    format: settings.logFormat,
    isTerminal: process.stderr.isTTY === true,
    // The standard output belongs to what the command answers.
    output: destination({ fd: process.stderr.fd, sync: true }),
  })
  const context = await openOrFail({
    settings,
    clock: systemClock,
    logger,
    announce: () => undefined,
    onWait: () => undefined,
    onGroup: () => undefined,
    onFailure: (error) => endWith(error.message),
  })
  try {
    return await work(context)
  } finally {
    await context.engine.close()
  }
}

/** Opens the database for a command about one project; ends it in words when there is no such project. */
export function withProject<Value>(projectId: string, work: (context: Context) => Promise<Value>): Promise<Value> {
  return withContext(async (context) => {
    if ((await context.ctx.read.projects.get(projectId)) === null) {
      fail(`there is no project ${projectId}; see 'purser project list'`)
    }
    return work(context)
  })
}

/** A data folder in use, a server that does not answer: things that the person at the terminal can mend. */
async function openOrFail(options: ContextOptions): Promise<Context> {
  try {
    return await openContext(options)
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}
