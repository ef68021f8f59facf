import { statement } from '../../src/db/statement.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { authoriseHold } from '../../src/usecases/wallet/authorise-hold.ts'
import { changeHold, type HoldOrder } from '../../src/usecases/wallet/change-hold.ts'
import { balanceOf, buy } from './demo.ts'
import { letStoreSay, refundAt } from './refund.ts'
import type { Shop } from './story.ts'

const OWED = statement(
  'test.owed',
  `select b.owed from wallet_balances b join customer_aliases a on a.customer_bucket = b.bucket
   and a.customer_id = b.customer_id where a.app_user_id = $1 and b.currency = 'CRD'`,
)

/** What was drawn out of the lots that a purchase paid for, whoever has them by now, by the kind of the ledger's entry. */
const USES = statement(
  'test.uses_of_purchase',
  `select t.kind, sum(d.amount)::bigint as units from wallet_lots l
   join wallet_draws d on d.bucket = l.bucket and d.customer_id = l.customer_id and d.lot_id = l.lot_id
   join wallet_transactions t on t.bucket = d.bucket and t.customer_id = d.customer_id and t.transaction_id = d.transaction_id
   where l.purchase_id = $1 group by t.kind having sum(d.amount) <> 0`,
)

const ANNA = 'anna'

/** The words of a refund story: anna buys, spends and asks for her money back. */
export function refundShop(shop: Shop) {
  const by = { actor: 'support', requestId: 'req1', idempotencyKey: null }
  const order = (amount: number) => ({
    projectId: shop.demo.projectId,
    userId: ANNA,
    currency: 'CRD',
    amount,
    reason: 'ZD-1',
    ...by,
  })
  const say = (purchaseId: string, facts: Parameters<typeof letStoreSay>[2]) => {
    shop.clock.advance(1_000)
    return letStoreSay(shop.ctx, { projectId: shop.demo.projectId, appUserId: ANNA, purchaseId }, facts)
  }
  const succeed = (done: { ok: boolean }) => {
    if (!done.ok) throw new Error(JSON.stringify(done))
  }
  return {
    /** Buys, and answers the id of the purchase. */
    buys: async (productId: string) => (await buy(shop.ctx, shop.demo, ANNA, productId)).purchase.purchaseId,
    spends: async (amount: number) => succeed(await adjustBalance(shop.ctx, order(-amount))),
    /** Sets units aside, and answers the id of the hold. */
    holds: async (amount: number): Promise<string> => {
      const held = await authoriseHold(shop.ctx, { ...order(amount), lifeMs: 3_600_000 })
      if (!held.ok) throw new Error(held.refusal.code)
      return held.value.answer.hold.holdId
    },
    ends: async (holdId: string, end: HoldOrder) =>
      succeed(await changeHold(shop.ctx, { projectId: shop.demo.projectId, holdId, order: end, reason: null, ...by })),
    /** All of the latest charge, or as many micros of it. */
    isRefunded: (purchaseId: string, micros: number | null = null) =>
      say(purchaseId, { refund: { ...refundAt(shop.clock.now()), micros } }),
    refundIsWithdrawn: (purchaseId: string, { autoRenews } = { autoRenews: true }) =>
      say(purchaseId, { refund: null, autoRenews }),
    /** What anna has, and what she owes. */
    has: async () => {
      const [row] = await shop.database.query<{ owed: number }>(OWED, [ANNA])
      return { balance: await balanceOf(shop.ctx, shop.demo.projectId, ANNA), owed: row?.owed ?? 0 }
    },
    usesOf: async (purchaseId: string): Promise<Record<string, number>> => {
      const rows = await shop.database.query<{ kind: string; units: number }>(USES, [purchaseId])
      return Object.fromEntries(rows.map(({ kind, units }) => [kind, units]))
    },
  }
}
