import { erased } from './audit-deletions.ts'
import type { Attempt } from './journal.ts'
import type { LedgerRows, PostingRow, TransactionRow } from './ledger-rows.ts'
import { CURRENCIES, GRANTS } from './shop-fixture.ts'

/** What a store may give back of a charge here, as plan.ts has it: all, or a third. */
const SHARES = [1, 3]

/** Each charge gave what its product gives, once; refunds took back no more than that, by the policy of each currency. */
export function auditPurchases(attempts: readonly Attempt[], rows: LedgerRows): string[] {
  const faults: string[] = []
  const postings = Map.groupBy(rows.postings, (row) => row.transaction_id)
  const ofCharge = Map.groupBy(rows.transactions, (row) => `${row.purchase_id} ${row.store_transaction_id}`)
  for (const charge of rows.charges) {
    const name = `charge ${charge.store_transaction_id}`
    const all = ofCharge.get(`${charge.purchase_id} ${charge.store_transaction_id}`) ?? []
    const grants = all.filter(({ kind }) => kind === 'purchase_grant')
    const wanted = GRANTS[charge.product] ?? {}
    if (grants.length !== 1) faults.push(`${name} gave units ${grants.length} times`)
    for (const grant of grants) {
      for (const [currency, amount] of Object.entries(wanted)) {
        const issued = -sumOf(postings, grant, currency, ['issued_by_purchase'])
        if (issued !== amount) faults.push(`${name} gave ${issued} ${currency} instead of ${amount}`)
      }
      faults.push(...auditRefunds(rows, postings, grant).map((problem) => `${name}: ${problem}`))
    }
  }
  const tokens = new Set(rows.charges.map(({ token }) => token))
  // When a customer is deleted, purchases go; the ledger has what they gave.
  const hasDeletions = erased(rows).size > 0
  const gave = new Set(rows.transactions.map((row) => JSON.stringify(row.purchase_id)))
  for (const { request, answer, requestId } of attempts) {
    if (request.wish.kind !== 'buy' || answer.kind !== 'acknowledged') continue
    if (!tokens.has(request.wish.token.chosen ?? '') && !(hasDeletions && gave.has(answer.said)))
      faults.push(`${requestId} was acknowledged, and there is no purchase`)
  }
  return faults
}

/** Units that lapsed are gone: they count as taken back. */
function auditRefunds(rows: LedgerRows, postings: ReadonlyMap<string, PostingRow[]>, grant: TransactionRow): string[] {
  const undone = new Set(rows.transactions.map((row) => row.reverses_transaction_id))
  const standing = rows.transactions.filter(
    (row) => row.reverses_transaction_id === grant.transaction_id && !undone.has(row.transaction_id),
  )
  if (standing.length > 1) return [`was taken back ${standing.length} times`]
  const [refund] = standing
  if (refund?.kind !== 'refund') return []
  return Object.entries(CURRENCIES).flatMap(([currency, policy]) => {
    const received = sumOf(postings, grant, currency, ['wallet', 'owed'])
    const taken = -sumOf(postings, refund, currency, ['wallet', 'owed'])
    const lapsed = lapsedOf(rows, grant, currency, refund.created_at)
    const due = SHARES.map((share) => Math.max(0, Math.ceil(received / share) - lapsed))
    const isRight =
      policy === 'clamp' ? taken >= 0 && taken <= received : due.includes(taken) || (policy === 'block' && taken === 0)
    return isRight ? [] : [`${taken} of ${received} ${currency} were taken back after ${lapsed} lapsed, by ${policy}`]
  })
}

/** How many units of a grant lapsed until then, in its own lot or in one that goes on from it. */
function lapsedOf(rows: LedgerRows, grant: TransactionRow, currency: string, until: number): number {
  const granted = rows.lots.filter((lot) => lot.transaction_id === grant.transaction_id && lot.currency === currency)
  const own = new Set(granted.map((lot) => lot.lot_id))
  const lots = new Set(rows.lots.flatMap((lot) => (own.has(lot.origin_lot_id ?? lot.lot_id) ? [lot.lot_id] : [])))
  const lapses = rows.transactions.filter(({ kind, created_at }) => kind === 'expire' && created_at <= until)
  const ids = new Set(lapses.map((row) => row.transaction_id))
  return rows.draws
    .filter((draw) => ids.has(draw.transaction_id) && lots.has(draw.lot_id))
    .reduce((sum, { amount }) => sum + amount, 0)
}

function sumOf(
  postings: ReadonlyMap<string, PostingRow[]>,
  { transaction_id }: TransactionRow,
  currency: string,
  accounts: readonly string[],
): number {
  return (postings.get(transaction_id) ?? [])
    .filter((posting) => posting.currency === currency && accounts.includes(posting.account))
    .reduce((sum, { amount }) => sum + amount, 0)
}
