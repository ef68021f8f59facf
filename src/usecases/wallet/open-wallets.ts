import type { Customer } from '../../core/customers/customer.ts'
import type { DomainEvent } from '../../core/events/event.ts'
import { applyChange } from '../../core/wallet/apply-change.ts'
import { type ChainHead, nextLink, sealedFacts } from '../../core/wallet/chain.ts'
import { lapse } from '../../core/wallet/lapse.ts'
import { BY_RULE, type LedgerTransaction, ledgerTransaction } from '../../core/wallet/ledger-transaction.ts'
import { emptyWallet, type Wallet, type WalletChange } from '../../core/wallet/wallet.ts'
import type { Ctx, LotsNeeded, Tx } from '../ports.ts'

/** The part of a transaction that the ledger needs. */
type WalletTx = { wallet: Pick<Tx['wallet'], 'load' | 'append'> }

/**
 * The wallets of one locked customer while they are changed in one database transaction. `events` and `currencies`
 * gather what was done, for the `recordChange` that closes it.
 */
export type OpenWallets = {
  customer: Customer
  /** The moment of all that is written: what had not lapsed when it was decided must not look lapsed in the ledger. */
  at: number
  wallets: Map<string, Wallet>
  events: DomainEvent[]
  currencies: Set<string>
  /** The end of the chain of the customer's ledger. */
  head: ChainHead
}

/**
 * Who caused a change, in the words of RevenueCat's webhook, and `developer_api`, of which only projects that ask for it
 * are told; null is told to nobody.
 */
type ToldSource = 'in_app_purchase' | 'admin_api' | 'developer_api' | null

/**
 * Opens the wallets of a locked customer. What has lapsed by now is booked as such first, so that whatever is decided
 * next can neither spend nor count it. Ask for the `lapsed` lots alone when units are only added.
 */
export async function openWallets(
  tx: WalletTx,
  ctx: Ctx,
  customer: Customer,
  needed: LotsNeeded = 'all',
): Promise<OpenWallets> {
  const now = ctx.clock.now()
  const loaded = await tx.wallet.load(customer, needed, now)
  const open: OpenWallets = { customer, at: now, ...loaded, events: [], currencies: new Set() }
  const changes = [...open.wallets.values()].flatMap((wallet) => lapse(wallet, now) ?? [])
  if (changes.length > 0) await postLedger(tx, ctx, open, { ...BY_RULE, kind: 'expire', changes }, 'in_app_purchase')
  return open
}

export function walletIn(open: OpenWallets, currency: string): Wallet {
  return open.wallets.get(currency) ?? emptyWallet(currency)
}

export type LedgerFacts = Omit<LedgerTransaction, 'transactionId' | 'createdAt'> & { transactionId?: string }

/**
 * Writes one ledger transaction of the opened wallets: the only way into the ledger. What it does is seen in `open` at
 * once, before it is awaited, so that it may share a round trip with what follows from it.
 */
export async function postLedger(
  tx: WalletTx,
  ctx: Ctx,
  open: OpenWallets,
  facts: LedgerFacts,
  source: ToldSource,
): Promise<LedgerTransaction> {
  const transaction = ledgerTransaction({
    ...facts,
    transactionId: facts.transactionId ?? ctx.ids.next('walletTransaction'),
    createdAt: open.at,
  })
  const adjustments = transaction.changes.map((change) => ({ currency: change.currency, amount: apply(open, change) }))
  if (source !== null) open.events.push(eventOf(transaction, source, adjustments))
  const link = nextLink(open.head, sealedFacts(open.customer.customerId, transaction), ctx.hash)
  open.head = link
  await tx.wallet.append(open.customer, transaction, link)
  return transaction
}

/** Answers by how much the balance changed. */
function apply(open: OpenWallets, change: WalletChange): number {
  const before = walletIn(open, change.currency)
  open.wallets.set(change.currency, applyChange(before, change))
  open.currencies.add(change.currency)
  return change.balanceAfter - before.balance
}

function eventOf(
  { transactionId, purchaseId, storeTransactionId }: LedgerTransaction,
  source: ToldSource,
  adjustments: ReadonlyArray<{ currency: string; amount: number }>,
): DomainEvent {
  const charge = purchaseId === null ? {} : { purchaseId, storeTransactionId }
  return { type: 'VIRTUAL_CURRENCY_TRANSACTION', data: { transactionId, source, ...charge, adjustments } }
}
