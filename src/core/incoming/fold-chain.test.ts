import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../lib/clock.ts'
import { envelopeFromBody } from './envelope.ts'
import { afterDays, MONTH_MS, ofMonth, refundOf, revenuecatBody, TOLD_START } from './fixtures/revenuecat-events.ts'
import { foldChain } from './fold-chain.ts'
import { factFromEvent } from './purchase-fact.ts'

function fold(...bodies: Array<ReturnType<typeof revenuecatBody>>) {
  const facts = bodies.map((body) => {
    const envelope = envelopeFromBody(body, 0)
    const fact = envelope === null ? null : factFromEvent(body, envelope.eventId, envelope.toldAt)
    if (fact === null || !fact.ok) throw new Error('not a fact')
    return fact.value
  })
  const chain = foldChain(facts)
  if (chain === null) throw new Error('nothing was folded')
  return chain
}

const FIRST_END = TOLD_START + MONTH_MS
const SECOND_END = TOLD_START + 2 * MONTH_MS

describe('foldChain', () => {
  it('a purchase and its renewal are two paid charges of a chain that renews', () => {
    const chain = fold(ofMonth('RENEWAL', 1), ofMonth('INITIAL_PURCHASE', 0))
    expect(chain).toMatchObject({ renews: true, unsubscribedAt: null, endToldAt: null, presentedOffering: 'default' })
    expect(chain.charges).toMatchObject([
      { storeTransactionId: 'tx1', paidBy: 'user-42', expiresAt: FIRST_END },
      { storeTransactionId: 'tx2', paidBy: 'user-42', expiresAt: SECOND_END },
    ])
    expect(chain.charges[0]?.price).toEqual({ amountMicros: 9_990_000, currency: 'EUR' })
  })

  it('a renewal that was told before the end came to pass is over, though it arrives after it', () => {
    const end = afterDays('EXPIRATION', 1, 2, { expiration_at_ms: TOLD_START + MONTH_MS + 2 * DAY_MS })
    const chain = fold(end, ofMonth('RENEWAL', 1), ofMonth('INITIAL_PURCHASE', 0))
    expect(chain.renews).toBe(false)
    expect(chain.charges.at(-1)?.expiresAt).toBe(TOLD_START + MONTH_MS + 2 * DAY_MS)
  })

  it('a renewal that was told after the end of the earlier period opens access again', () => {
    const chain = fold(ofMonth('RENEWAL', 1), afterDays('EXPIRATION', 0, 30), ofMonth('INITIAL_PURCHASE', 0))
    expect(chain).toMatchObject({ renews: true, endToldAt: null })
    expect(chain.charges.at(-1)?.expiresAt).toBe(SECOND_END)
  })

  it('the end of an earlier period that is told late does not end the later one', () => {
    const late = afterDays('EXPIRATION', 0, 40)
    expect(fold(ofMonth('INITIAL_PURCHASE', 0), ofMonth('RENEWAL', 1), late)).toMatchObject({
      renews: true,
      endToldAt: null,
    })
  })

  it('switching the renewal off keeps the period that is paid, and on again undoes it', () => {
    const off = afterDays('CANCELLATION', 0, 3, { cancel_reason: 'UNSUBSCRIBE' })
    const cancelled = fold(ofMonth('INITIAL_PURCHASE', 0), off)
    expect(cancelled).toMatchObject({ renews: false, unsubscribedAt: TOLD_START + 3 * DAY_MS })
    expect(cancelled.charges.at(-1)?.expiresAt).toBe(FIRST_END)
    const on = fold(ofMonth('INITIAL_PURCHASE', 0), off, afterDays('UNCANCELLATION', 0, 4))
    expect(on).toMatchObject({ renews: true, unsubscribedAt: null })
  })

  it('a failed charge has its grace, which a renewal or the end takes away', () => {
    const grace = FIRST_END + 10 * DAY_MS
    const failed = afterDays('BILLING_ISSUE', 0, 30, { grace_period_expiration_at_ms: grace })
    const cancelled = afterDays('CANCELLATION', 0, 30, { cancel_reason: 'BILLING_ERROR' })
    const waiting = fold(ofMonth('INITIAL_PURCHASE', 0), failed, cancelled)
    expect(waiting).toMatchObject({ renews: true, graceExpiresAt: grace, unsubscribedAt: null })
    const paid = fold(
      ofMonth('INITIAL_PURCHASE', 0),
      failed,
      cancelled,
      ofMonth('RENEWAL', 1, { event_timestamp_ms: grace }),
    )
    expect(paid).toMatchObject({ renews: true, graceExpiresAt: null, billingIssueAt: null })
    const over = fold(ofMonth('INITIAL_PURCHASE', 0), failed, cancelled, afterDays('EXPIRATION', 0, 32))
    expect(over).toMatchObject({ renews: false, graceExpiresAt: null })
  })

  it('a refund is of its own charge, and can be withdrawn', () => {
    const refunded = fold(ofMonth('INITIAL_PURCHASE', 0), refundOf(0, 3), ofMonth('RENEWAL', 1))
    expect(refunded.charges).toMatchObject([
      { refundedAt: TOLD_START + 3 * DAY_MS, refundedMicros: 9_990_000 },
      { refundedAt: null, refundedMicros: null },
    ])
    const withdrawn = fold(ofMonth('INITIAL_PURCHASE', 0), refundOf(0, 3), afterDays('REFUND_REVERSED', 0, 5))
    expect(withdrawn.charges).toMatchObject([{ refundedAt: null }])
  })

  it('an event that is no charge makes the chain known, and pays for nothing', () => {
    const chain = fold(afterDays('CANCELLATION', 4, 3, { cancel_reason: 'UNSUBSCRIBE' }))
    expect(chain.charges).toMatchObject([{ storeTransactionId: 'tx5', paidBy: null, price: null }])
  })

  it('of events told in the same moment the charge comes first and the end last', () => {
    const told = { event_timestamp_ms: TOLD_START }
    const end = afterDays('EXPIRATION', 0, 0, { ...told, id: 'A', expiration_at_ms: TOLD_START })
    expect(fold(end, ofMonth('INITIAL_PURCHASE', 0, { ...told, id: 'Z' })).renews).toBe(false)
  })

  it('a one-time purchase is a chain of its own, which never renews', () => {
    const coins = revenuecatBody({ type: 'NON_RENEWING_PURCHASE', expiration_at_ms: null, transaction_id: 'tx9' })
    expect(envelopeFromBody(coins, 0)?.chain).toEqual({ store: 'app_store', environment: 'production', chainId: 'tx9' })
    expect(fold(coins)).toMatchObject({ renews: false, charges: [{ storeTransactionId: 'tx9', expiresAt: null }] })
  })
})
