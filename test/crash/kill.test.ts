import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { startEmbedded } from '../../src/db/embedded/start.ts'
import { auditDatabase } from '../support/audit.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { type ServerProcess, startServer, untilReady } from '../support/server-process.ts'
import {
  CREDITS_PER_ADJUST,
  CREDITS_PER_PURCHASE,
  type Journal,
  nameOf,
  newJournal,
  send,
  userIds,
  writeUntil,
} from './writers.ts'

/** Guarantee: what was acknowledged is there, once, after any of these deaths; and the server comes back by itself. */
const ROUNDS = 20
const WRITERS = 4
/** Acknowledged writes before each kill; a different number each round, so that kills meet different moments. */
const writesBeforeKill = (round: number) => 12 + ((round * 7) % 23)

const cleanups: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('kill -9 in the middle of purchases and adjustments', () => {
  test(`of our process, ${ROUNDS} times`, () => survive(async (server) => server.kill(), true))

  test(`of the database server, ${ROUNDS} times: it is started again by itself`, () =>
    survive(async (_server, postmaster) => process.kill(await postmaster(), 'SIGKILL'), false))

  test(`of both, ${ROUNDS} times`, () =>
    survive(async (server, postmaster) => {
      process.kill(await postmaster(), 'SIGKILL')
      await server.kill()
    }, true))
})

async function survive(
  kill: (server: ServerProcess, postmaster: () => Promise<number>) => Promise<unknown>,
  needsRestart: boolean,
): Promise<void> {
  const folder = await newDataFolder()
  cleanups.push(folder.remove)
  const journal = newJournal()
  let server = await startServer(folder.path)
  cleanups.push(() => server.kill())
  for (let round = 0; round < ROUNDS; round++) {
    await writeAndKill(server, journal, writesBeforeKill(round), () => kill(server, () => postmasterPid(folder.path)))
    if (needsRestart) server = await startServer(folder.path)
    else await untilReady(server.url, null, server.output)
    await settleUnknown(server, journal)
  }
  await expectAllOnce(server, journal)
  expect(await server.stop()).toBe(0)
  expect(await audit(folder.path)).toEqual([])
}

async function writeAndKill(
  server: ServerProcess,
  journal: Journal,
  writes: number,
  kill: () => Promise<unknown>,
): Promise<void> {
  const target = journal.acknowledged.length + writes
  let isKilled = false
  const writers = Array.from({ length: WRITERS }, () =>
    writeUntil(server.url, server.credentials, journal, () => isKilled),
  )
  const reached = (async () => {
    while (!isKilled && journal.acknowledged.length < target) await new Promise((resolve) => setImmediate(resolve))
  })()
  await Promise.race([reached, Promise.all(writers)])
  await kill()
  isKilled = true
  await Promise.all(writers)
}

/** A client that never heard back sends the same write again, with the same token or key. */
async function settleUnknown(server: ServerProcess, journal: Journal): Promise<void> {
  for (const write of journal.unknown.splice(0)) {
    const transactionId = await send(server.url, server.credentials, write)
    expect(transactionId, server.output()).not.toBeNull()
    journal.acknowledged.push(write)
    journal.answers.set(nameOf(write), transactionId ?? '')
  }
}

/** Sends every acknowledged write once more: each must be known, and the balances must be those of one effect each. */
async function expectAllOnce(server: ServerProcess, journal: Journal): Promise<void> {
  for (const write of journal.acknowledged) {
    expect(await send(server.url, server.credentials, write)).toBe(journal.answers.get(nameOf(write)))
  }
  for (const userId of userIds()) {
    const mine = journal.acknowledged.filter((write) => write.userId === userId)
    const purchases = mine.filter((write) => write.kind === 'purchase').length
    const expected = purchases * CREDITS_PER_PURCHASE + (mine.length - purchases) * CREDITS_PER_ADJUST
    expect(await balanceOf(server, userId)).toBe(expected)
  }
}

async function balanceOf(server: ServerProcess, userId: string): Promise<number | undefined> {
  const answer = await fetch(`${server.url}/v1/subscribers/${userId}/virtual_currencies`, {
    headers: { authorization: `Bearer ${server.credentials.test_store_key}` },
  })
  const body = (await answer.json()) as { virtual_currencies: Record<string, { balance: number }> }
  return body.virtual_currencies.CRD?.balance
}

async function postmasterPid(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')
  return Number(text.split('\n')[0])
}

/** Looks at the raw rows: sums, lots, claims. */
async function audit(dataDir: string): Promise<string[]> {
  const engine = await startEmbedded({ dataDir, log: () => undefined })
  const database = openDatabase({
    connection: engine.connection,
    poolSize: 2,
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 10_000,
    namedStatements: true,
    onIdleError: () => undefined,
  })
  try {
    return await auditDatabase(database)
  } finally {
    await database.close()
    await engine.stop()
  }
}
