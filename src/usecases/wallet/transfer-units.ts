import { findCurrency } from '../../core/catalog/catalog.ts'
import { type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { boundsOf } from '../../core/wallet/policy.ts'
import { transferUnits as moveUnits, type TransferRefusal } from '../../core/wallet/transfer.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import { lockPair } from '../customers/lock-pair.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Admit } from '../operators/admission.ts'
import type { Ctx, Tx } from '../ports.ts'
import { type OpenWallets, openWallets, postLedger, walletIn } from './open-wallets.ts'

export type TransferInput = {
  projectId: string
  fromUserId: string
  toUserId: string
  currency: string
  /** A positive whole number of units. */
  amount: number
  reason: string
  /** Null when the caller gave none; then every request is a transfer of its own. */
  idempotencyKey: string | null
  actor: string
  requestId: string
  /** Judges whether whoever asks may move so many units. */
  admit?: Admit | null
}

/** One side of a transfer: its entry in the customer's ledger, and the balance right after it. */
export type TransferSide = { userId: string; balance: number; transactionId: string }

/** What was done. Stored under the idempotency key, so a replay answers exactly this. */
export type Transferred = {
  transferId: string
  currency: string
  amount: number
  reason: string
  from: TransferSide
  to: TransferSide
  /** That of the sender, by which the answer is tied to the ledger. */
  transactionId: string
  createdAt: number
}

/** `revision` is the sender's, `receiverRevision` that of the other customer. */
export type TransferOutcome = {
  transferred: Transferred
  replayed: boolean
  revision: number
  receiverRevision: number
}

export type TransferUnitsRefusal =
  | LimitExceeded
  | TransferRefusal
  | KeyRefusal
  | { code: 'currency_unknown'; currency: string }
  | { code: 'transfers_not_allowed'; currency: string }
  | { code: 'customer_not_found'; side: 'sender' | 'receiver' }
  | { code: 'same_customer' }

const SCOPE = 'admin.credits.transfer'

/**
 * Gives units of one customer to another, where the currency allows it. Both ledgers get an entry that names the
 * transfer, both revisions rise, and all of it is one database transaction. Both customers are locked in the one order.
 */
export async function transferUnits(
  ctx: Ctx,
  input: TransferInput,
): Promise<Result<TransferOutcome, TransferUnitsRefusal>> {
  const catalog = await ctx.read.catalog.ofProject(input.projectId)
  return ctx.transaction<TransferOutcome, TransferUnitsRefusal>(async (tx) => {
    const pair = await lockPair(tx, input.projectId, input.fromUserId, input.toUserId)
    let revisions = [pair.one?.revision ?? 0, pair.other?.revision ?? 0] as const
    const done = await doOnce<Transferred, TransferUnitsRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      const currency = findCurrency(catalog, input.currency)
      if (currency === null) return refuse({ code: 'currency_unknown', currency: input.currency })
      if (currency.policy?.transfersAllowed !== true) {
        return refuse({ code: 'transfers_not_allowed', currency: input.currency })
      }
      if (pair.one === null) return refuse({ code: 'customer_not_found', side: 'sender' })
      if (pair.other === null) return refuse({ code: 'customer_not_found', side: 'receiver' })
      if (isSameCustomer(pair.one, pair.other)) return refuse({ code: 'same_customer' })
      const sides = await openBoth(tx, ctx, pair.one, pair.other)
      const moved = moveUnits(
        walletIn(sides.from, input.currency),
        walletIn(sides.to, input.currency),
        input.amount,
        boundsOf(currency.policy),
        () => ctx.ids.next('lot'),
      )
      if (!moved.ok) return moved
      const admitted = await input.admit?.(tx, [{ currency: input.currency, units: input.amount }])
      if (admitted?.ok === false) return admitted
      const saved = await save(tx, ctx, { input, sides, ...moved.value, keep })
      revisions = saved.revisions
      return ok(saved.transferred)
    })
    if (!done.ok) return done
    const { answer: transferred, replayed } = done.value
    return ok({ transferred, replayed, revision: revisions[0], receiverRevision: revisions[1] })
  })
}

type Sides = { from: OpenWallets; to: OpenWallets }

async function openBoth(tx: Tx, ctx: Ctx, sender: Customer, receiver: Customer): Promise<Sides> {
  const [from, to] = [await openWallets(tx, ctx, sender), await openWallets(tx, ctx, receiver, 'lapsed')]
  return { from, to }
}

type Move = {
  input: TransferInput
  sides: Sides
  leave: WalletChange
  arrive: WalletChange
  keep: (answer: Transferred) => Promise<void>
}

async function save(
  tx: Tx,
  ctx: Ctx,
  { input, sides, leave, arrive, keep }: Move,
): Promise<{ transferred: Transferred; revisions: readonly [number, number] }> {
  const createdAt = ctx.clock.now()
  const { currency, amount, reason, actor, requestId } = input
  const [fromId, toId] = [ctx.ids.next('walletTransaction'), ctx.ids.next('walletTransaction')]
  const transferred: Transferred = {
    transferId: ctx.ids.next('transfer'),
    currency,
    amount,
    reason,
    from: { userId: input.fromUserId, balance: leave.balanceAfter, transactionId: fromId },
    to: { userId: input.toUserId, balance: arrive.balanceAfter, transactionId: toId },
    transactionId: fromId,
    createdAt,
  }
  const facts = { ...BY_RULE, reason, actor, requestId, operationId: transferred.transferId }
  const out = { ...facts, kind: 'transfer_out' as const, transactionId: fromId, changes: [leave] }
  const into = { ...facts, kind: 'transfer_in' as const, transactionId: toId, changes: [arrive] }
  const [, , , sender, receiver] = await Promise.all([
    keep(transferred),
    postLedger(tx, ctx, sides.from, out, 'admin_api'),
    postLedger(tx, ctx, sides.to, into, 'admin_api'),
    close(tx, sides.from, createdAt),
    close(tx, sides.to, createdAt),
  ])
  return { transferred, revisions: [sender.revision, receiver.revision] }
}

function close(tx: Tx, open: OpenWallets, now: number): Promise<Customer> {
  const currencies = [...open.currencies]
  return recordChange(tx, open.customer, { kinds: ['usage'], cause: 'transfer', currencies, events: open.events, now })
}

function onceOrder({ projectId, idempotencyKey, ...input }: TransferInput): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  const { fromUserId, toUserId, currency, amount, reason } = input
  return { key, fingerprint: JSON.stringify([fromUserId, toUserId, currency, amount, reason]) }
}
