import type { Attempt } from './journal.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { ChosenCharge } from './perform-lifecycle.ts'
import type { Wish } from './request.ts'

/** What the store acknowledged to have given back is written at a charge, unless it may have been withdrawn since. */
export function auditStoreActions(attempts: readonly Attempt[], { charges }: LedgerRows): string[] {
  const ofPurchase = Map.groupBy(charges, ({ purchase_id }) => purchase_id)
  const withdrawn = new Set(attempts.flatMap(({ request: { wish } }) => (isWithdrawal(wish) ? purchaseOf(wish) : [])))
  return attempts.flatMap(({ request: { wish }, answer, requestId }) => {
    if (answer.kind !== 'acknowledged' || !isRefund(wish)) return []
    return purchaseOf(wish).flatMap((purchaseId) => {
      // A purchase goes with its customer when that one is deleted.
      const own = ofPurchase.get(purchaseId)
      if (own === undefined || withdrawn.has(purchaseId) || own.some((charge) => charge.refunded_at !== null)) return []
      return [`${requestId} gave money of ${purchaseId} back, and no charge says so`]
    })
  })
}

function isRefund(wish: Wish): boolean {
  return wish.kind === 'store_action' && (wish.action.kind === 'refund_latest' || wish.action.kind === 'revoke')
}

function isWithdrawal(wish: Wish): boolean {
  if (wish.kind === 'store_word') return wish.word === 'refund_withdrawn'
  return wish.kind === 'store_action' && wish.action.kind === 'reverse_refund'
}

function purchaseOf(wish: Wish): string[] {
  const target = wish.kind === 'store_action' ? wish.charge : wish.kind === 'store_word' ? wish.purchase : null
  if (target === null || target.chosen === null) return []
  const { purchaseId }: Pick<ChosenCharge, 'purchaseId'> = JSON.parse(target.chosen)
  return [purchaseId]
}
