import { describe, expect, it } from 'vitest'
import {
  afterDays,
  MONTH_MS,
  ofMonth,
  refundOf,
  revenuecatBody,
  TOLD_START,
} from '../../src/core/incoming/fixtures/revenuecat-events.ts'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { replayEvents } from '../../src/usecases/incoming/replay-events.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { balanceOf } from '../support/demo.ts'
import { accessOf, dateOf, lifeOf } from '../support/history.ts'
import { addStoreApp, applyEvents, type Body, CLOSED_POLICY, receive, tell } from '../support/revenuecat.ts'
import { runDue } from '../support/run-due.ts'
import { newShopPerStory } from '../support/story.ts'
import { goodwill } from '../support/transfer.ts'

const shop = newShopPerStory(TOLD_START + 10_000)
const USER_7 = { app_user_id: 'user-7', aliases: ['user-7'], original_app_user_id: 'user-7' }
const FIRST_END = TOLD_START + MONTH_MS

async function open() {
  await addStoreApp(shop.ctx, shop.demo.projectId)
  const { projectId } = shop.demo
  return {
    projectId,
    say: (...bodies: Body[]) => tell(shop.ctx, projectId, ...bodies),
    balance: (user = 'user-42') => balanceOf(shop.ctx, projectId, user),
    access: async (user = 'user-42') => (await accessOf(shop, projectId, user)).store_pro,
    life: (user = 'user-42') => lifeOf(shop, projectId, user),
    parked: () => shop.ctx.read.incoming.inStatus(projectId, 'parked', 10),
    ignored: () => shop.ctx.read.incoming.inStatus(projectId, 'ignored', 10),
  }
}

describe('the life of a subscription', () => {
  it('a purchase gives access and units, a renewal extends both, the end closes access and leaves the units', async () => {
    const { say, balance, access, life } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0))
    expect([await balance(), await access()]).toEqual([500, dateOf(FIRST_END)])
    shop.clock.set(FIRST_END + 10_000)
    await say(ofMonth('RENEWAL', 1))
    expect([await balance(), await access()]).toEqual([1_000, dateOf(TOLD_START + 2 * MONTH_MS)])
    await say(afterDays('CANCELLATION', 1, 3, { cancel_reason: 'UNSUBSCRIBE' }))
    shop.clock.set(TOLD_START + 2 * MONTH_MS + 10_000)
    await say(afterDays('EXPIRATION', 1, 30))
    expect([await balance(), await access()]).toEqual([1_000, undefined])
    expect(await life()).toEqual(['INITIAL_PURCHASE', 'RENEWAL', 'CANCELLATION', 'EXPIRATION'])
  })

  it('an event that says nothing new leaves the revision, so that no app reads again for it', async () => {
    const { projectId, say } = await open()
    const revision = async () => (await shop.ctx.read.customers.findByAppUserId(projectId, 'user-42'))?.revision
    const off = { cancel_reason: 'UNSUBSCRIBE' }
    await say(ofMonth('INITIAL_PURCHASE', 0), afterDays('CANCELLATION', 0, 3, off))
    const before = await revision()
    shop.clock.advance(DAY_MS)
    await say(afterDays('CANCELLATION', 0, 3, { ...off, id: 'the-same-told-again' }))
    expect(await revision()).toBe(before)
  })

  it('a renewal that arrives after the end it came before changes nothing but the units it paid for', async () => {
    const { say, balance, access } = await open()
    shop.clock.set(TOLD_START + 2 * MONTH_MS)
    await say(ofMonth('INITIAL_PURCHASE', 0), afterDays('EXPIRATION', 1, 2), ofMonth('RENEWAL', 1))
    expect([await balance(), await access()]).toEqual([1_000, undefined])
  })

  it('an event that RevenueCat sends twice has its effect once', async () => {
    const { projectId, say, balance, life } = await open()
    expect(await receive(shop.ctx, projectId, ofMonth('INITIAL_PURCHASE', 0))).toBe(false)
    await applyEvents(shop.ctx)
    expect(await receive(shop.ctx, projectId, ofMonth('INITIAL_PURCHASE', 0))).toBe(true)
    await say(ofMonth('INITIAL_PURCHASE', 0, { id: 'the same under another id' }))
    expect([await balance(), await life()]).toEqual([500, ['INITIAL_PURCHASE']])
  })

  it('in grace access goes on without units, until a renewal or the end is told', async () => {
    const { say, balance, access } = await open()
    const grace = FIRST_END + 16 * DAY_MS
    await say(
      ofMonth('INITIAL_PURCHASE', 0),
      afterDays('BILLING_ISSUE', 0, 30, { grace_period_expiration_at_ms: grace }),
      afterDays('CANCELLATION', 0, 30, { cancel_reason: 'BILLING_ERROR' }),
    )
    shop.clock.set(FIRST_END + DAY_MS)
    expect([await balance(), await access()]).toEqual([500, dateOf(grace)])
    shop.clock.set(grace + 1)
    await say(afterDays('EXPIRATION', 0, 46, { event_timestamp_ms: grace + 1 }))
    expect([await balance(), await access()]).toEqual([500, undefined])
  })

  it('units that lapse with their period are gone at its end', async () => {
    const { say, balance } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0, { product_id: 'pro_lapsing' }))
    expect(await balance()).toBe(300)
    shop.clock.set(FIRST_END)
    await say(afterDays('EXPIRATION', 0, 30, { product_id: 'pro_lapsing' }))
    expect(await balance()).toBe(0)
  })

  it('nothing is asked of a store that Purser cannot ask: RevenueCat tells of renewals', async () => {
    const { say } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0))
    shop.clock.set(TOLD_START + 5 * MONTH_MS)
    await runDue(shop.ctx)
  })
})

describe('refunds', () => {
  it('take back the units of their charge and the access, and are taken back themselves', async () => {
    const { say, balance, access, life } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0))
    shop.clock.advance(3 * DAY_MS)
    await say(refundOf(0, 3))
    expect([await balance(), await access()]).toEqual([0, undefined])
    shop.clock.advance(2 * DAY_MS)
    await say(afterDays('REFUND_REVERSED', 0, 5))
    expect([await balance(), await access()]).toEqual([500, dateOf(FIRST_END)])
    expect(await life()).toEqual(['INITIAL_PURCHASE', 'CANCELLATION', 'EXPIRATION', 'REFUND_REVERSED'])
  })

  it('of a part of the price takes that part of the units, rounded up', async () => {
    const { say, balance } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0), refundOf(0, 1, { price_in_purchased_currency: -3.33 }))
    expect(await balance()).toBe(333)
  })

  it('found too little once do not take from what is bought later', async () => {
    const { projectId, say, balance } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0))
    await adjustBalance(shop.ctx, { ...goodwill(shop.demo, 'user-42', -500, null), projectId })
    await say(refundOf(0, 3), ofMonth('RENEWAL', 1), afterDays('PRODUCT_CHANGE', 1, 1))
    expect(await balance()).toBe(500)
  })

  it('of a top-up takes all it gave', async () => {
    const { say, balance } = await open()
    const coins = {
      product_id: 'credits_500',
      expiration_at_ms: null,
      transaction_id: 'c1',
      original_transaction_id: 'c1',
    }
    await say(revenuecatBody({ ...coins, type: 'NON_RENEWING_PURCHASE', id: 'C1' }))
    expect(await balance()).toBe(500)
    await say(refundOf(0, 2, coins))
    expect(await balance()).toBe(0)
  })
})

describe('whose a purchase is', () => {
  it('a transfer moves purchases to the other customer, and leaves units where they are', async () => {
    const { say, balance, access } = await open()
    const transfer = { type: 'TRANSFER', transferred_from: ['user-42'], transferred_to: ['user-7'] }
    await say(
      ofMonth('INITIAL_PURCHASE', 0),
      revenuecatBody({ ...transfer, id: 'T1', event_timestamp_ms: TOLD_START + DAY_MS }),
    )
    expect([await balance(), await access()]).toEqual([500, undefined])
    expect([await balance('user-7'), await access('user-7')]).toEqual([0, dateOf(FIRST_END)])
    await say(ofMonth('RENEWAL', 1, USER_7))
    expect([await balance(), await balance('user-7')]).toEqual([500, 500])
  })

  it('a transfer that arrives before the purchase leads to the same', async () => {
    const { say, balance, access } = await open()
    const transfer = { type: 'TRANSFER', transferred_from: ['user-42'], transferred_to: ['user-7'] }
    await say(
      revenuecatBody({ ...transfer, id: 'T1', event_timestamp_ms: TOLD_START + DAY_MS }),
      ofMonth('INITIAL_PURCHASE', 0),
    )
    expect([await balance(), await balance('user-7')]).toEqual([500, 0])
    expect([await access(), await access('user-7')]).toEqual([undefined, dateOf(FIRST_END)])
  })

  it('an id that the SDK made up and the id of its log-in are one customer', async () => {
    const { say, balance, access } = await open()
    const anonymous = '$RCAnonymousID:0123456789abcdef0123456789abcdef'
    const before = { app_user_id: anonymous, aliases: [anonymous], original_app_user_id: anonymous }
    await say(ofMonth('INITIAL_PURCHASE', 0, before))
    expect(await balance(anonymous)).toBe(500)
    await say(ofMonth('RENEWAL', 1, { aliases: ['user-42', anonymous], original_app_user_id: anonymous }))
    expect([await balance(), await balance(anonymous)]).toEqual([1_000, 1_000])
    expect(await access()).toBe(await access(anonymous))
  })

  it('a customer who logged in here too is the same one', async () => {
    const { projectId, say, balance } = await open()
    const anonymous = '$RCAnonymousID:0123456789abcdef0123456789abcdef'
    const before = { app_user_id: anonymous, aliases: [anonymous], original_app_user_id: anonymous }
    await say(ofMonth('INITIAL_PURCHASE', 0, before))
    await identifyCustomer(shop.ctx, { projectId, appUserId: anonymous, newAppUserId: 'user-42' })
    await say(ofMonth('RENEWAL', 1, { aliases: ['user-42', anonymous] }))
    expect(await balance()).toBe(1_000)
  })
})

describe('events that cannot be applied', () => {
  it('an unknown product is put aside, blocks nobody, and is applied once the catalogue has it', async () => {
    const { projectId, ctx } = { ...shop.demo, ctx: shop.ctx }
    await tell(ctx, projectId, ofMonth('INITIAL_PURCHASE', 0))
    const [parked] = await ctx.read.incoming.inStatus(projectId, 'parked', 10)
    expect(parked).toMatchObject({ eventId: 'INITIAL_PURCHASE-0', outcome: 'product_unknown' })
    await addStoreApp(ctx, projectId)
    expect(await replayEvents(ctx, projectId, null)).toBe(1)
    await applyEvents(ctx)
    expect(await balanceOf(ctx, projectId, 'user-42')).toBe(500)
    expect(await ctx.read.incoming.inStatus(projectId, 'parked', 10)).toEqual([])
  })

  it.each([
    [{ app_user_id: 'null' }, 'app_user_id_invalid'],
    [{ purchased_at_ms: null }, 'event_incomplete'],
    [{ store: 'PROMOTIONAL' }, 'event_incomplete'],
    [{ transaction_id: null, original_transaction_id: null }, 'event_incomplete'],
  ])('%j is put aside as %s', async (facts, outcome) => {
    const { say, parked } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0, facts))
    expect(await parked()).toMatchObject([{ outcome, status: 'parked' }])
  })

  it('a sandbox purchase is kept, and counts only where it may', async () => {
    const { projectId, say, balance, ignored } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0, { environment: 'SANDBOX' }))
    expect(await balance()).toBe(0)
    expect(await ignored()).toMatchObject([{ outcome: 'sandbox' }])
    await replayEvents(shop.ctx, projectId, ['INITIAL_PURCHASE-0'])
    await applyEvents(shop.ctx, { ...CLOSED_POLICY, appliesSandbox: true })
    expect(await balance()).toBe(500)
  })

  it.each(['TEST', 'EXPERIMENT_ENROLLMENT', 'INVOICE_ISSUANCE', 'SOMETHING_NEW'])(
    '%s changes nothing',
    async (type) => {
      const { say, ignored } = await open()
      await say(revenuecatBody({ type, id: 'X1' }))
      expect(await ignored()).toMatchObject([{ eventId: 'X1', outcome: 'no_effect' }])
      expect(shop.changes).toEqual([])
    },
  )
})

describe('changes of balances at RevenueCat', () => {
  const transaction = (source: string, facts: Record<string, unknown> = {}) =>
    revenuecatBody({
      type: 'VIRTUAL_CURRENCY_TRANSACTION',
      id: `V-${source}`,
      source,
      virtual_currency_transaction_id: 'vatx1',
      adjustments: [{ amount: 40, currency: { code: 'CRD', name: 'Credits', description: null } }],
      ...facts,
    })

  it('units of a purchase are granted by the purchase alone, never a second time', async () => {
    const { say, balance, ignored } = await open()
    await say(ofMonth('INITIAL_PURCHASE', 0), transaction('in_app_purchase'))
    expect(await balance()).toBe(500)
    expect(await ignored()).toMatchObject([{ outcome: 'granted_by_purchase' }])
  })

  it('a change by hand is mirrored where that is wanted, once', async () => {
    const { projectId, say, balance } = await open()
    await say(transaction('admin_api'))
    expect(await balance()).toBe(0)
    await replayEvents(shop.ctx, projectId, ['V-admin_api'])
    await receive(shop.ctx, projectId, transaction('admin_api', { id: 'told twice' }))
    await applyEvents(shop.ctx, { ...CLOSED_POLICY, mirrorsDashboard: true })
    expect(await balance()).toBe(40)
  })

  it('where RevenueCat keeps the balances, apps are told to look', async () => {
    const { projectId } = await open()
    await receive(shop.ctx, projectId, transaction('in_app_purchase'))
    await applyEvents(shop.ctx, { ...CLOSED_POLICY, balancesAreUpstream: true })
    expect(shop.changes).toMatchObject([{ kinds: ['usage'], currency: 'CRD' }])
  })
})
