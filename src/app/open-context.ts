import type { Settings } from '../config/schema.ts'
import type { CustomerChange, DomainEvent } from '../core/events/event.ts'
import type { Clock } from '../core/lib/clock.ts'
import { type Engine, openEngine } from '../db/engine.ts'
import { migrate, readMigrations } from '../db/migrate.ts'
import { newIds } from '../db/new-ids.ts'
import { createReads } from '../db/reads.ts'
import { sha256 } from '../db/sha256.ts'
import { createWrites } from '../db/writes.ts'
import { findStore } from '../stores/registry.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Ctx } from '../usecases/ports.ts'

export type ContextOptions = {
  settings: Settings
  clock: Clock
  logger: Logger
  announce: (change: CustomerChange, events: readonly DomainEvent[]) => void
  onWait: (waitMs: number) => void
  /** Told how many wallet writes shared a transaction. */
  onGroup: (size: number) => void
  /** Told when the embedded database server is gone for good. */
  onFailure: (error: Error) => void
}

export type Context = { ctx: Ctx; engine: Engine; isReachable(): Promise<boolean> }

/** Opens the database, brings its schema up to date, and gives the use cases what they need. */
export async function openContext(options: ContextOptions): Promise<Context> {
  const { settings, clock, logger } = options
  const engine = await openEngine({
    databaseUrl: settings.databaseUrl ?? null,
    dataDir: settings.dataDir,
    poolSize: settings.databasePoolSize,
    statementTimeoutMs: settings.databaseStatementTimeoutMs,
    lockTimeoutMs: settings.databaseLockTimeoutMs,
    namedStatements: settings.databaseNamedStatements,
    log: ({ level, message }) => logger[level]({ room: 'database' }, message),
    onIdleError: (error) => logger.warn({ err: error }, 'an idle database connection was lost'),
    onWait: options.onWait,
    onFailure: options.onFailure,
  })
  try {
    const applied = await migrate(engine.database, await readMigrations())
    if (applied.length > 0) logger.info({ migrations: applied }, 'the database schema was brought up to date')
  } catch (error) {
    await engine.close()
    throw error
  }
  const ids = newIds(clock)
  const ctx: Ctx = {
    clock,
    ids,
    hash: sha256,
    stores: findStore,
    read: createReads(engine.database.query, clock),
    ...createWrites({
      database: engine.database,
      newEventId: () => ids.next('event'),
      announce: options.announce,
      now: () => clock.now(),
      groupMax: settings.databaseGroupMax,
      onGroup: options.onGroup,
    }),
  }
  return { ctx, engine, isReachable: () => isReachable(ctx) }
}

async function isReachable(ctx: Ctx): Promise<boolean> {
  try {
    await ctx.read.projects.list(1)
    return true
  } catch {
    return false
  }
}
