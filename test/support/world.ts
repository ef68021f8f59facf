import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type { CustomerChange } from '../../src/core/events/event.ts'
import type { Database } from '../../src/db/database.ts'
import { newIds } from '../../src/db/new-ids.ts'
import { createReads } from '../../src/db/reads.ts'
import { sha256 } from '../../src/db/sha256.ts'
import { createWrites } from '../../src/db/writes.ts'
import { findStore } from '../../src/stores/registry.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { openTestDatabase, TEMPLATE } from './database.ts'

/** A clock that only the test moves. */
export type TestClock = { now(): number; set(at: number): void; advance(byMs: number): void }

/** Everything behind the doors: use cases on a database of the test's own, with a clock that the test moves. */
export type World = {
  ctx: Ctx
  clock: TestClock
  database: Database
  changes: CustomerChange[]
  close(): Promise<void>
}

/** As many as a server takes by default. */
export const GROUP_MAX = 128

const STORY_START = Date.parse('2026-01-31T10:00:00Z')

function testClock(startAt = STORY_START): TestClock {
  let at = startAt
  return {
    now: () => at,
    set: (to) => {
      at = to
    },
    advance: (byMs) => {
      at += byMs
    },
  }
}

/** Copies the template into a new database, which `close` drops again. */
export async function openWorld(startAt = STORY_START): Promise<World> {
  const server = inject('server')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = openTestDatabase(server, 'purser', 1)
  await admin.withConnection((_query, raw) => raw(`create database ${name} template ${TEMPLATE}`))
  const database = openTestDatabase(server, name)
  const clock = testClock(startAt)
  const changes: CustomerChange[] = []
  const ids = newIds(clock)
  const ctx: Ctx = {
    clock,
    ids,
    hash: sha256,
    stores: findStore,
    read: createReads(database.query, clock),
    ...createWrites({
      database,
      newEventId: () => ids.next('event'),
      announce: (change) => changes.push(change),
      now: () => clock.now(),
      groupMax: GROUP_MAX,
    }),
  }
  return {
    ctx,
    clock,
    database,
    changes,
    async close() {
      await database.close()
      await admin.withConnection((_query, raw) => raw(`drop database ${name} with (force)`))
      await admin.close()
    },
  }
}
