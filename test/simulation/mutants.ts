import { ok, type Result, refuse } from '../../src/core/lib/result.ts'
import { transactionRunner } from '../../src/db/transaction.ts'
import type { Ctx, Tx } from '../../src/usecases/ports.ts'
import { type OpenTransactions, transactionsOf } from './simulated-context.ts'

type Transaction = Ctx['transaction']
type Work<Value, Refusal> = (tx: Tx) => Promise<Result<Value, Refusal>>

/** A server with a mistake in it, and what the auditor says of it when nothing else is wrong. */
export type Mutant = { mistake: string; complaint: RegExp; openTransactions: OpenTransactions }

/** A mistake that is not always made is made this often: most of a run is sound. */
const EVERY = 7

/** Servers that do what must never happen. An auditor that lets one of them pass is no auditor. */
export const MUTANTS: readonly Mutant[] = [
  {
    mistake: 'does everything twice',
    complaint: /was done 2 times/,
    openTransactions: runBy((run) => async (work) => {
      const first = await run(work)
      if (first.ok) await run(work)
      return first
    }),
  },
  {
    mistake: 'begins again when it does not know whether it committed',
    complaint: /was done 2 times|was refused and done/,
    openTransactions: runBy((run) => (work) => run(work).catch(() => run(work))),
  },
  {
    mistake: 'acknowledges what it has not committed',
    complaint: /says true, and was done 0 times/,
    openTransactions: runBy(seldom((run) => rolledBack(run))),
  },
  {
    mistake: 'forgets the keys',
    complaint: /was done \d+ times/,
    openTransactions: withTables((tx) => ({ idempotency: { ...tx.idempotency, insert: async () => true } })),
  },
  {
    mistake: 'keeps the key of what it then does not do',
    complaint: /says true, and was done 0 times|say different things/,
    openTransactions: keysApart,
  },
  {
    mistake: 'drops an entry of the ledger',
    complaint: /says true, and was done 0 times/,
    openTransactions: withTables((tx, isTime) => ({
      wallet: { ...tx.wallet, append: async (...entry) => (isTime() ? undefined : tx.wallet.append(...entry)) },
    })),
  },
  {
    mistake: 'adds a unit to a balance',
    complaint: /has another balance of/,
    openTransactions: withTables((tx, isTime) => ({
      wallet: {
        ...tx.wallet,
        append(ref, transaction, link) {
          const [one, ...others] = transaction.changes
          if (one === undefined || !isTime()) return tx.wallet.append(ref, transaction, link)
          const changes = [{ ...one, balanceAfter: one.balanceAfter + 1 }, ...others]
          return tx.wallet.append(ref, { ...transaction, changes }, link)
        },
      },
    })),
  },
  {
    mistake: 'writes something else than it hashed',
    complaint: /has another hash/,
    openTransactions: withTables((tx, isTime) => ({
      wallet: {
        ...tx.wallet,
        append: (ref, transaction, link) =>
          tx.wallet.append(ref, isTime() ? { ...transaction, reason: 'another' } : transaction, link),
      },
    })),
  },
  {
    mistake: 'never notices that units lapse',
    complaint: /was decided while lapsed units were there/,
    openTransactions: withTables((tx) => ({
      wallet: { ...tx.wallet, load: (ref, lots) => tx.wallet.load(ref, lots, 0).then(endless) },
    })),
  },
  {
    mistake: 'does not lock the customer',
    complaint: /of \w+ are counted|was done|revision|lots/,
    openTransactions: withTables((tx) => ({
      customers: {
        ...tx.customers,
        lockByAppUserId: tx.customers.findByAppUserId,
      },
    })),
  },
  {
    mistake: 'does not raise the revision',
    complaint: /says revision \d+ after/,
    openTransactions: withTables((tx) => ({ customers: { ...tx.customers, update: async () => undefined } })),
  },
  {
    mistake: 'tells the outbox nothing',
    complaint: /the outbox does not tell of/,
    openTransactions: withTables((tx, isTime) => ({
      events: {
        append: (ref, change, events) => tx.events.append(ref, change, isTime() ? [] : events),
      },
    })),
  },
  {
    mistake: 'leaves the holds behind when customers are merged',
    complaint: /has holds that keep something else/,
    openTransactions: withTables((tx) => ({ holds: { ...tx.holds, move: async () => undefined } })),
  },
  {
    mistake: 'gives money back and writes it at no charge',
    complaint: /gave money of \w+ back, and no charge says so/,
    openTransactions: withTables((tx) => ({
      purchases: {
        ...tx.purchases,
        save: (ref, purchase, charges) => tx.purchases.save(ref, purchase, { ...charges, changedTransactions: [] }),
      },
    })),
  },
  {
    mistake: 'says that a customer is deleted who is not',
    complaint: /customers were deleted, and/,
    openTransactions: withTables(() => ({ erasure: { erase: async () => undefined } })),
  },
  {
    mistake: 'relays what happened later before what happened first',
    complaint: /in the order of their revisions/,
    openTransactions: withTables((tx) => ({
      eventRelay: {
        ...tx.eventRelay,
        waiting: async (bounds) => (await tx.eventRelay.waiting(bounds)).filter((_event, index) => index % EVERY !== 0),
      },
    })),
  },
  {
    mistake: 'loses an event on its way to the feed',
    complaint: /is in the feed 0 times/,
    openTransactions: withTables((tx, isTime) => ({
      eventRelay: {
        ...tx.eventRelay,
        publish: (events, now) =>
          isTime()
            ? tx.eventRelay.passOver(
                events.map(({ waiting }) => waiting),
                now,
              )
            : tx.eventRelay.publish(events, now),
      },
    })),
  },
  {
    mistake: 'puts an event into the feed and on the way to nobody',
    complaint: /is on its way 0 times/,
    openTransactions: withTables((tx, isTime) => ({
      webhookDeliveries: {
        ...tx.webhookDeliveries,
        enqueue: (events) => tx.webhookDeliveries.enqueue(isTime() ? events.slice(1) : events),
      },
    })),
  },
]

/** Spoils how transactions are run. */
function runBy(spoil: (run: Transaction) => Transaction): OpenTransactions {
  return (database, { newEventId, announce }) =>
    transactionsOf(spoil(transactionRunner(database, newEventId, announce)))
}

/** Spoils some of the tables. `isTime` says yes at every seventh time. */
function withTables(spoil: (tx: Tx, isTime: () => boolean) => Partial<Tx>): OpenTransactions {
  const isTime = everySeventh()
  return runBy((run) => (work) => run((tx) => work({ ...tx, ...spoil(tx, isTime) })))
}

function seldom(spoil: (run: Transaction) => Transaction): (run: Transaction) => Transaction {
  const isTime = everySeventh()
  return (run) => (work) => (isTime() ? spoil(run)(work) : run(work))
}

function everySeventh(): () => boolean {
  let times = 0
  return () => {
    times += 1
    return times % EVERY === 0
  }
}

function rolledBack(run: Transaction): Transaction {
  return async <Value, Refusal>(work: Work<Value, Refusal>): Promise<Result<Value, Refusal>> => {
    let answer: Result<Value, Refusal> | undefined
    await run<Value, Refusal | null>(async (tx) => {
      answer = await work(tx)
      return answer.ok ? refuse(null) : answer
    })
    if (answer === undefined) throw new Error('work has an answer')
    return answer
  }
}

/** Keys are written by a transaction of their own, which is committed first. */
function keysApart(...[database, process]: Parameters<OpenTransactions>) {
  const run = transactionRunner(database, process.newEventId, process.announce)
  const insert: Tx['idempotency']['insert'] = async (...entry) => {
    const kept = await run(async (tx) => ok(await tx.idempotency.insert(...entry)))
    return kept.ok && kept.value
  }
  return transactionsOf((work) => run((tx) => work({ ...tx, idempotency: { ...tx.idempotency, insert } })))
}

type Loaded = Awaited<ReturnType<Tx['wallet']['load']>>

function endless({ wallets, head }: Loaded): Loaded {
  const kept = [...wallets].map(([currency, wallet]) => {
    const lots = wallet.lots.map((lot) => ({ ...lot, expiresAt: null }))
    return [currency, { ...wallet, lots }] as const
  })
  return { wallets: new Map(kept), head }
}
