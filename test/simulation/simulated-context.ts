import type { Clock } from '../../src/core/lib/clock.ts'
import { ID_PREFIXES, type Ids } from '../../src/core/lib/ids.ts'
import type { Announce } from '../../src/db/announce.ts'
import type { Database } from '../../src/db/database.ts'
import { createReads } from '../../src/db/reads.ts'
import { sha256 } from '../../src/db/sha256.ts'
import { createWrites } from '../../src/db/writes.ts'
import { findStore } from '../../src/stores/registry.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import type { Random } from './random.ts'

/** What runs the database transactions of a process. */
export type Transactions = Pick<Ctx, Extract<keyof Ctx, `${string}ransaction`>>

/** Makes what runs transactions on a database; `newEventId`, `announce` and `now` are those of the process. */
export type OpenTransactions = (
  database: Database,
  process: { newEventId: () => string; announce: Announce; now: () => number },
) => Transactions

/** As a server has it by default. */
const GROUP_MAX = 128

/** As the server has it. */
export const realTransactions: OpenTransactions = (database, process) =>
  createWrites({ database, ...process, groupMax: GROUP_MAX })

/** As a server has it whose writes share no transaction. */
export const ownTransactions: OpenTransactions = (database, process) =>
  createWrites({ database, ...process, groupMax: 1 })

/** Everything by the one way of running a transaction. */
export function transactionsOf(transaction: Ctx['transaction']): Transactions {
  return { transaction, groupedTransaction: (_subject, work) => transaction(work) }
}

export type SimulatedOptions = { clock: Clock; ids: Ids; announce: Announce; openTransactions: OpenTransactions }

/** What a process gives its use cases, over whatever database it is given. */
export function simulatedContext(
  database: Database,
  { clock, ids, announce, openTransactions }: SimulatedOptions,
): Ctx {
  const process = { newEventId: () => ids.next('event'), announce, now: () => clock.now() }
  return {
    clock,
    ids,
    hash: sha256,
    stores: findStore,
    read: createReads(database.query, clock),
    ...openTransactions(database, process),
  }
}

/** Identifiers in the order of time, like the real ones, with a random part out of the seed. */
export function seededIds(clock: Clock, random: Random): Ids {
  let count = 0
  return {
    next(kind) {
      count += 1
      const time = clock.now().toString(16).padStart(12, '0')
      const digits = Array.from({ length: 2 }, () =>
        Math.floor(random.next() * 2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      )
      return `${ID_PREFIXES[kind]}${time}${(count & 0xfff).toString(16).padStart(3, '0')}${digits.join('')}`
    },
  }
}
