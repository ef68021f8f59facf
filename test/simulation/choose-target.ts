import { statement } from '../../src/db/statement.ts'
import type { Random } from './random.ts'
import type { Target, Wish } from './request.ts'
import type { SimulatedShop } from './simulated-shop.ts'

const HOLDS = statement(
  'simulation.holds',
  `select hold_id as target from wallet_holds order by status = 'open', hold_id`,
)
const REVERSIBLE = statement(
  'simulation.reversible',
  `select transaction_id as target from wallet_transactions
   where kind not in ('expire', 'merge_in', 'merge_out') order by transaction_id`,
)
const PURCHASES = statement(
  'simulation.purchases',
  `select json_build_object('ref', json_build_object('projectId', project_id, 'bucket', bucket, 'customerId', customer_id),
   'purchaseId', purchase_id)::text as target from purchases order by purchase_id`,
)
const CHARGES = statement(
  'simulation.charges',
  `select json_build_object('appUserId', a.app_user_id, 'storeTransactionId', p.store_transaction_id,
     'purchaseId', p.purchase_id)::text as target
   from purchases p join customer_aliases a on a.customer_bucket = p.bucket and a.customer_id = p.customer_id
   order by p.purchase_id, a.app_user_id`,
)
const TOKENS = statement('simulation.tokens', 'select store_purchase_id as target from purchases order by purchase_id')

/** Buyers who post the receipt of somebody else, if there is one. */
const BORROWED_TOKENS = 0.3

/** Decides what a request is about that was planned before there was anything to be about. Once for all its repeats. */
export async function chooseTarget(shop: SimulatedShop, wish: Wish, now: number, random: Random): Promise<void> {
  switch (wish.kind) {
    case 'hold_order':
      // The open ones come last, and most places are among them.
      return choose(shop, wish.hold, HOLDS, Math.sqrt(wish.hold.place))
    case 'reverse':
      return choose(shop, wish.transaction, REVERSIBLE, wish.transaction.place)
    case 'store_word':
      return choose(shop, wish.purchase, PURCHASES, wish.purchase.place)
    case 'store_action':
      return choose(shop, wish.charge, CHARGES, wish.charge.place)
    case 'buy':
      if (wish.token.place < BORROWED_TOKENS) await choose(shop, wish.token, TOKENS, wish.token.place / BORROWED_TOKENS)
      wish.token.chosen ??= `test_${now}_${newUuid(random)}`
  }
}

async function choose(shop: SimulatedShop, target: Target, among: typeof HOLDS, place: number): Promise<void> {
  if (target.chosen !== null) return
  const rows = await shop.database.query<{ target: string }>(among, [])
  target.chosen ??= rows[Math.floor(place * rows.length)]?.target ?? null
}

function newUuid(random: Random): string {
  const digits = Array.from({ length: 32 }, () => random.between(0, 15).toString(16)).join('')
  return [8, 12, 16, 20, 32].map((end, index, ends) => digits.slice(ends[index - 1] ?? 0, end)).join('-')
}
