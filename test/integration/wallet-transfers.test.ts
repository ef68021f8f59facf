import { beforeEach, describe, expect, test } from 'vitest'
import type { CurrencyPolicy } from '../../src/core/wallet/policy.ts'
import { setCurrencyPolicy } from '../../src/usecases/catalog/set-currency-policy.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { listTransactions } from '../../src/usecases/wallet/list-transactions.ts'
import { reverseTransaction } from '../../src/usecases/wallet/reverse-transaction.ts'
import { type TransferInput, transferUnits } from '../../src/usecases/wallet/transfer-units.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { eventsOf } from '../support/history.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { letStoreSay, refundAt } from '../support/refund.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const PERIOD_END = Date.parse('2026-02-28T10:00:00Z')

const shop = newShopPerStory()
beforeEach(async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  await buy(shop.ctx, shop.demo, 'ben', 'pro_annual')
  await decide({ transfersAllowed: true })
})

const credits = async (...users: string[]) =>
  Promise.all(users.map((user) => balanceOf(shop.ctx, shop.demo.projectId, user)))

function decide(change: Partial<CurrencyPolicy>) {
  return setCurrencyPolicy(shop.ctx, { projectId: shop.demo.projectId, code: 'CRD', change })
}

function adjust(userId: string, amount: number) {
  const order = { projectId: shop.demo.projectId, userId, currency: 'CRD', amount, reason: 'ZD-1' }
  return adjustBalance(shop.ctx, { ...order, idempotencyKey: null, actor: 'support', requestId: 'req1' })
}

function give(amount: number, facts: Partial<TransferInput> = {}) {
  return transferUnits(shop.ctx, {
    projectId: shop.demo.projectId,
    fromUserId: 'anna',
    toUserId: 'ben',
    currency: 'CRD',
    amount,
    reason: 'a present',
    idempotencyKey: null,
    actor: 'support',
    requestId: 'req1',
    ...facts,
  })
}

async function moved(amount: number, facts: Partial<TransferInput> = {}) {
  const done = await give(amount, facts)
  if (!done.ok) throw new Error(JSON.stringify(done.refusal))
  return done.value
}

describe('a transfer', () => {
  test('takes units from one customer and gives them to another, in two ledgers that name it; both are told', async () => {
    shop.changes.length = 0
    const { transferred, revision, receiverRevision } = await moved(120)
    expect(transferred).toMatchObject({
      transferId: expect.stringMatching(/^xfer/),
      amount: 120,
      from: { userId: 'anna', balance: 380 },
      to: { userId: 'ben', balance: 120 },
    })
    expect(await credits('anna', 'ben')).toEqual([380, 120])
    expect(shop.changes.map(({ cause, currency, revision }) => [cause, currency, revision])).toEqual([
      ['transfer', 'CRD', revision],
      ['transfer', 'CRD', receiverRevision],
    ])
    for (const [user, kind, amount] of [
      ['anna', 'transfer_out', -120],
      ['ben', 'transfer_in', 120],
    ] as const) {
      const page = { limit: 1, before: null, kind: null, currency: null, since: null, until: null }
      const list = await listTransactions(shop.ctx, { projectId: shop.demo.projectId, appUserId: user, ...page })
      const entry = { kind, operationId: transferred.transferId, changes: [{ currency: 'CRD', amount }] }
      expect(list).toMatchObject({ value: { entries: [entry] } })
      const told = await eventsOf(shop, shop.demo.projectId, user)
      expect(told.at(-1)).toMatchObject({ data: { source: 'admin_api', adjustments: [{ currency: 'CRD', amount }] } })
    }
  })

  test('makes nothing permanent: units that lapse for the sender lapse for the receiver at the same moment', async () => {
    await letGrantsLapse(shop, shop.demo.projectId)
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    await moved(600)
    expect(await credits('anna', 'ben')).toEqual([400, 600])
    shop.clock.set(PERIOD_END)
    expect(await credits('anna', 'ben')).toEqual([400, 100])
  })

  test('is refused, and changes nothing, where something is not as it must be', async () => {
    expect(await give(501)).toMatchObject({ refusal: { code: 'insufficient_balance', balance: 500 } })
    expect(await give(1, { toUserId: 'nobody' })).toMatchObject({
      refusal: { code: 'customer_not_found', side: 'receiver' },
    })
    expect(await give(1, { fromUserId: 'nobody' })).toMatchObject({
      refusal: { code: 'customer_not_found', side: 'sender' },
    })
    expect(await give(1, { toUserId: 'anna' })).toMatchObject({ refusal: { code: 'same_customer' } })
    expect(await give(1, { currency: 'GLD' })).toMatchObject({ refusal: { code: 'currency_unknown' } })
    await adjust('ben', 1_999_999_900)
    expect(await give(101)).toMatchObject({ refusal: { code: 'balance_above_maximum', isReceiver: true } })
    await decide({ transfersAllowed: false })
    expect(await give(1)).toEqual({ ok: false, refusal: { code: 'transfers_not_allowed', currency: 'CRD' } })
    expect(await credits('anna', 'ben')).toEqual([500, 1_999_999_900])
  })

  test('between two names of one person is none', async () => {
    await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
    await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
    expect(await give(1, { toUserId: PHONE })).toMatchObject({ refusal: { code: 'same_customer' } })
  })

  test('pays what the receiver owes first, and what the sender owes stays with the sender', async () => {
    await decide({ debtPolicy: 'debt' })
    const { purchase } = await buy(shop.ctx, shop.demo, 'ben', 'credits_500')
    await adjust('ben', -400)
    const refunded = { projectId: shop.demo.projectId, appUserId: 'ben', purchaseId: purchase.purchaseId }
    await letStoreSay(shop.ctx, refunded, { refund: refundAt(shop.clock.now()) })
    expect(await moved(450)).toMatchObject({ transferred: { from: { balance: 50 }, to: { balance: 50 } } })
  })

  test('happens once for a key, also when thirty ask at the same moment, and is answered the same for ever', async () => {
    const key = { idempotencyKey: 'present-1' }
    const answers = await Promise.all(Array.from({ length: 30 }, () => moved(20, key)))
    expect(new Set(answers.map(({ transferred }) => JSON.stringify(transferred))).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(await give(21, key)).toMatchObject({ refusal: { code: 'idempotency_key_conflict' } })
    await decide({ transfersAllowed: false })
    expect(await moved(20, key)).toMatchObject({ replayed: true })
    expect(await credits('anna', 'ben')).toEqual([480, 20])
  })

  test('in both directions at once neither locks up nor loses a unit', async () => {
    await adjust('ben', 500)
    const back = { fromUserId: 'ben', toUserId: 'anna' }
    const answers = await Promise.all(Array.from({ length: 40 }, (_, turn) => give(10, turn % 2 === 0 ? {} : back)))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(await credits('anna', 'ben')).toEqual([500, 500])
  })

  test('cannot be undone by a reversal of either side; it is sent back instead', async () => {
    const { transferred } = await moved(120)
    for (const { transactionId } of [transferred.from, transferred.to]) {
      const order = { projectId: shop.demo.projectId, transactionId, reason: 'ZD-2', shortage: 'block' as const }
      const caller = { idempotencyKey: null, actor: 'support', requestId: 'req1' }
      expect(await reverseTransaction(shop.ctx, { ...order, ...caller })).toMatchObject({
        refusal: { code: 'not_reversible' },
      })
    }
    await moved(120, { fromUserId: 'ben', toUserId: 'anna' })
    expect(await credits('anna', 'ben')).toEqual([500, 0])
  })

  test('leaves the refund of the purchase with who bought it: what was given away is spent', async () => {
    const { purchase } = await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    await moved(700)
    const refunded = { projectId: shop.demo.projectId, appUserId: 'anna', purchaseId: purchase.purchaseId }
    await letStoreSay(shop.ctx, refunded, { refund: refundAt(shop.clock.now()) })
    expect(await credits('anna', 'ben')).toEqual([0, 700])
  })
})

describe('a floor', () => {
  test('is what a deduction, a hold or a transfer must leave; refunds and lapses do not ask for it', async () => {
    await decide({ floor: 100 })
    expect(await give(401)).toMatchObject({ refusal: { code: 'insufficient_balance' } })
    expect(await adjust('anna', -401)).toMatchObject({ refusal: { code: 'insufficient_balance' } })
    expect(await adjust('anna', -400)).toMatchObject({ ok: true })
    expect(await credits('anna')).toEqual([100])
  })
})
