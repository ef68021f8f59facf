import { describe, expect, it } from 'vitest'
import { envelopeFromBody } from './envelope.ts'
import { ofMonth, revenuecatBody } from './fixtures/revenuecat-events.ts'

const NOW = 1_700_000_000_000

describe('envelopeFromBody', () => {
  it('reads who, when and which chain of a subscription', () => {
    expect(envelopeFromBody(ofMonth('RENEWAL', 1), NOW)).toEqual({
      eventId: 'RENEWAL-1',
      type: 'RENEWAL',
      toldAt: Date.parse('2026-01-31T00:00:05Z'),
      appUserId: 'user-42',
      chain: { store: 'app_store', environment: 'production', chainId: 'tx1' },
      transferredFrom: null,
    })
  })

  it.each([
    null,
    'text',
    [],
    {},
    { event: null },
    { event: {} },
    { event: { id: '', type: 'TEST' } },
    { event: { id: 5, type: 'TEST' } },
  ])('what has no id and type is no event: %j', (body) => {
    expect(envelopeFromBody(body, NOW)).toBeNull()
  })

  it('keeps events of types that do not exist yet', () => {
    const unknown = revenuecatBody({ type: 'SOMETHING_NEW', id: 'N1' })
    expect(envelopeFromBody(unknown, NOW)).toMatchObject({ eventId: 'N1', type: 'SOMETHING_NEW', chain: null })
  })

  it('names nobody when fields are not what they should be, rather than refusing the event', () => {
    const odd = revenuecatBody({ store: 7, app_user_id: { a: 1 }, event_timestamp_ms: 'soon', transaction_id: ['x'] })
    expect(envelopeFromBody(odd, NOW)).toMatchObject({ toldAt: NOW, appUserId: null, chain: null })
  })

  it('reads the names of a transfer', () => {
    const transfer = revenuecatBody({ type: 'TRANSFER', transferred_from: ['a', 3, 'b'], transferred_to: ['c'] })
    expect(envelopeFromBody(transfer, NOW)?.transferredFrom).toEqual(['a', 'b'])
  })
})
