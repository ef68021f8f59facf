import { expect, test } from 'vitest'
import { purchaseReads } from '../../src/db/purchases.ts'
import type { Query } from '../../src/db/statement.ts'
import { performStoreAction } from '../../src/usecases/purchases/perform-store-action.ts'
import { buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()

test('charges are never older than the purchase that they are read with, or a refund in between would be undone', async () => {
  const { customer, purchase } = await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  const { projectId } = shop.demo
  const target = { storeTransactionId: purchase.storeTransactionId }
  const { promise: refunded, resolve } = Promise.withResolvers<void>()
  let isListed = false
  // A refund falls right behind the reading of the charges; the purchase, if it is asked for meanwhile, is read after it.
  const query: Query = async (statement, values) => {
    const isList = statement.name === 'purchase_transactions.list'
    isListed ||= isList
    await Promise.resolve()
    if (!isList && isListed) await refunded
    const rows = await shop.database.query(statement, values)
    if (isList) {
      await performStoreAction(shop.ctx, { projectId, appUserId: 'anna', target, action: { kind: 'revoke' } })
      resolve()
    }
    // biome-ignore lint/suspicious/noExplicitAny: rows are whatever the statement answers
    return rows as any
  }
  const chain = await purchaseReads(query).chain(customer, purchase.purchaseId)
  const isTorn = chain?.purchase.refundedAt !== null && chain?.transactions.at(-1)?.refund === null
  expect([isListed, isTorn]).toEqual([true, false])
})
