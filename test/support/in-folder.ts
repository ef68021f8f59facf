import { type Context, openContext } from '../../src/app/open-context.ts'
import { systemClock } from '../../src/app/system-clock.ts'
import { readSettings } from '../../src/config/read-settings.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

/** Opens the database of a data folder as a command does, while no server runs on it. */
export async function inFolder<Value>(dataDir: string, work: (context: Context) => Promise<Value>): Promise<Value> {
  const read = readSettings({ PURSER_DATA_DIR: dataDir }, () => '')
  if (!read.ok) throw new Error(JSON.stringify(read))
  const { settings } = read.reading
  const output = { write: (line: string) => void process.stderr.write(line) }
  const context = await openContext({
    settings,
    clock: systemClock,
    logger: await createLogger({ level: 'warn', format: 'json', isTerminal: false, output }),
    announce: () => undefined,
    onWait: () => undefined,
    onGroup: () => undefined,
    onFailure: (error) => {
      throw error
    },
  })
  try {
    return await work(context)
  } finally {
    await context.engine.close()
  }
}
