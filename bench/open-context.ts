import { openContext } from '../src/app/open-context.ts'
import { systemClock } from '../src/app/system-clock.ts'
import { createTokenSecrets } from '../src/app/token-secrets.ts'
import { readSettings } from '../src/config/read-settings.ts'
import type { Database } from '../src/db/database.ts'
import { createLogger } from '../src/telemetry/logger.ts'
import { openCustomer } from '../src/usecases/customers/open-customer.ts'
import type { Ctx } from '../src/usecases/ports.ts'
import { createDemoProject } from '../src/usecases/projects/create-demo-project.ts'
import { newDataFolder } from '../test/support/data-folder.ts'

/** The use cases in this process, on an embedded database of their own with a demo project. */
export type Bench = {
  ctx: Ctx
  projectId: string
  dataDir: string
  database: Database
  /** Makes customers `bench-0` to `bench-<count - 1>`. */
  createCustomers(count: number): Promise<void>
}

const CUSTOMERS_PER_TRANSACTION = 100

export async function withContext<Value>(work: (bench: Bench) => Promise<Value>): Promise<Value> {
  const folder = await newDataFolder()
  const read = readSettings({ PURSER_DATA_DIR: folder.path }, () => '')
  if (!read.ok) throw new Error('the settings of the benchmark are wrong')
  const nothing = () => undefined
  const { ctx, engine } = await openContext({
    settings: read.reading.settings,
    clock: systemClock,
    logger: await createLogger({ level: 'warn', format: 'json', isTerminal: false }),
    announce: nothing,
    onWait: nothing,
    onGroup: nothing,
    onFailure: (error) => {
      throw error
    },
  })
  try {
    const { projectId } = await createDemoProject(ctx, createTokenSecrets())
    const createCustomers = (count: number) => createInChunks(ctx, projectId, count)
    return await work({ ctx, projectId, dataDir: folder.path, database: engine.database, createCustomers })
  } finally {
    await engine.close()
    await folder.remove()
  }
}

async function createInChunks(ctx: Ctx, projectId: string, count: number): Promise<void> {
  for (let first = 0; first < count; first += CUSTOMERS_PER_TRANSACTION) {
    await ctx.transaction(async (tx) => {
      for (let index = first; index < Math.min(count, first + CUSTOMERS_PER_TRANSACTION); index++) {
        await openCustomer(tx, ctx, projectId, `bench-${index}`)
      }
      return { ok: true, value: null }
    })
  }
}
