import type { Catalog } from '../../core/catalog/catalog.ts'
import { type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import type { ChangeCause, ChangeKind } from '../../core/events/event.ts'
import { decideToldPurchase, type ToldDecision, type ToldGrant } from '../../core/incoming/decide-told-purchase.ts'
import type { ChainKey } from '../../core/incoming/envelope.ts'
import type { ToldChain } from '../../core/incoming/fold-chain.ts'
import type { ChargeProducts } from '../../core/incoming/told-snapshot.ts'
import { haveSameFacts } from '../../core/lib/same-facts.ts'
import { isSameForCustomer, type Purchase, type PurchaseTransaction } from '../../core/purchases/purchase.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, Tx } from '../ports.ts'
import { grantUnits } from '../purchases/grant-units.ts'
import { settleRefunds } from '../purchases/settle-refund.ts'
import { type OpenWallets, openWallets } from '../wallet/open-wallets.ts'

export type ToldPurchase = {
  /** Locked. */
  customer: Customer
  current: Purchase | null
  purchaseId: string
  /** Whether the customer got another name in this transaction. */
  isNewName: boolean
  key: ChainKey
  catalog: Catalog
  before: ToldChain | null
  after: ToldChain
  products: ChargeProducts
}

/** Writes what follows from the events of a chain: the purchase, its charges, units, refunds and events, in one revision. */
export async function saveTold(tx: Tx, ctx: Ctx, told: ToldPurchase): Promise<void> {
  const { customer, current, isNewName } = told
  const stored = current === null ? [] : await tx.purchases.transactions(customer, current.purchaseId)
  const decision = decideToldPurchase({ ...told, stored, now: ctx.clock.now() })
  const isChanged = await savePurchaseRows(tx, customer, { current, stored, decision })
  const open = await moveUnits(tx, ctx, customer, decision)
  const events = [...decision.events, ...(open?.events ?? [])]
  const currencies = [...(open?.currencies ?? [])]
  if (!isChanged && !isNewName && events.length === 0 && currencies.length === 0) return
  const isPurchaseNews = isChanged || decision.events.length > 0
  const kinds: ChangeKind[] = [
    ...(isPurchaseNews ? (['entitlements'] as const) : []),
    ...(currencies.length > 0 ? (['usage'] as const) : []),
    ...(isNewName ? (['profile'] as const) : []),
  ]
  await recordChange(tx, customer, {
    kinds,
    cause: causeOf(current, decision, isPurchaseNews),
    events,
    currencies,
    now: ctx.clock.now(),
  })
}

/** Answers whether anything that is stored of the purchase is different now. */
async function savePurchaseRows(
  tx: Tx,
  customer: Customer,
  {
    current,
    stored,
    decision,
  }: Pick<ToldPurchase, 'current'> & { stored: PurchaseTransaction[]; decision: ToldDecision },
): Promise<boolean> {
  const { purchase, charges } = decision
  const isLonger = stored.every((charge, index) => {
    const now = charges[index]
    return now !== undefined && haveSameFacts(charge, now)
  })
  const isSame = current !== null && isSameForCustomer(current, purchase)
  if (isSame && isLonger && charges.length === stored.length) return false
  if (isLonger) {
    await tx.purchases.save(customer, purchase, {
      newTransactions: charges.slice(stored.length),
      changedTransactions: [],
    })
    return true
  }
  await tx.purchases.save(customer, purchase, { newTransactions: [], changedTransactions: [] })
  await tx.purchases.replaceTransactions(customer, purchase.purchaseId, charges)
  return true
}

/** Grants, then takes back; null when there is nothing to do. */
async function moveUnits(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  { purchase, grants, refunds }: ToldDecision,
): Promise<OpenWallets | null> {
  const due: ToldGrant[] = []
  for (const grant of grants) {
    if (!grant.isStored || !(await isGranted(tx, customer, purchase, grant))) due.push(grant)
  }
  if (due.length === 0 && refunds.length === 0) return null
  const open = await openWallets(tx, ctx, customer, 'lapsed')
  for (const grant of due) await give(tx, ctx, open, purchase, grant)
  await settleRefunds(tx, ctx, open, purchase, refunds)
  return open
}

/** Whether a charge that was known before, by its receipt, has given its units. */
async function isGranted(
  tx: Tx,
  { projectId }: Customer,
  { purchaseId }: Purchase,
  grant: ToldGrant,
): Promise<boolean> {
  const { storeTransactionId } = grant
  const charge = { projectId, purchaseId, storeTransactionId }
  return (await tx.wallet.ofCharge(charge, ['purchase_grant'])).length > 0
}

/** Units go to whom the charge's own event names, also when the purchase has moved on since. */
async function give(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  purchase: Purchase,
  { paidBy, orders }: ToldGrant,
): Promise<void> {
  const { customer: payer } = await openCustomer(tx, ctx, open.customer.projectId, paidBy)
  const decision = { purchase, grants: orders }
  if (isSameCustomer(payer, open.customer)) return grantUnits(tx, ctx, open, decision)
  const other = await openWallets(tx, ctx, payer, 'lapsed')
  await grantUnits(tx, ctx, other, decision)
  await recordChange(tx, payer, {
    kinds: ['usage'],
    cause: 'purchase',
    currencies: [...other.currencies],
    events: other.events,
    now: ctx.clock.now(),
  })
}

function causeOf(current: Purchase | null, decision: ToldDecision, isPurchaseNews: boolean): ChangeCause {
  if (current === null) return 'purchase'
  if (decision.refunds.length > 0) return 'refund'
  if (decision.purchase.renewalNumber > current.renewalNumber || decision.grants.length > 0) return 'renewal'
  return isPurchaseNews ? 'expiration' : 'profile'
}
