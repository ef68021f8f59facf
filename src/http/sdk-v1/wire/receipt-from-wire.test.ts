import { describe, expect, it } from 'vitest'
import { receiptFromWire } from './receipt-from-wire.ts'

const body = (fields: Record<string, unknown>) => ({ app_user_id: 'a', fetch_token: 't', ...fields })
const read = (fields: Record<string, unknown>, store: 'test_store' | 'play_store' = 'test_store') =>
  receiptFromWire(body(fields), store)

describe('receiptFromWire', () => {
  it.each([
    [{ product_id: 'p' }, 'p'],
    [{ product_ids: ['p', 'q'] }, 'p'],
    [{ product_id: null, product_ids: ['p'] }, 'p'],
    [{ product_id: 'p', product_ids: null }, 'p'],
    [{ product_ids: [] }, null],
    [{}, null],
  ])('finds the product of %j', (fields, storeProductId) => {
    expect(read(fields)).toMatchObject({ ok: true, value: { fetchToken: 't', storeProductId } })
  })

  it.each(['p', { 0: 'p' }, [1], ['p', null]])('refuses %j for a list of products', (product_ids) => {
    expect(read({ product_ids })).toEqual({ ok: false, refusal: { code: 'product_ids_malformed' } })
  })

  it('allows one product for Google Play, which sells one at a time', () => {
    expect(read({ product_ids: ['p'] }, 'play_store').ok).toBe(true)
    expect(read({ product_ids: ['p', 'q'] }, 'play_store').ok).toBe(false)
  })

  it('refuses a platform in the body, which belongs into the header, but not an absent one', () => {
    expect(read({ platform: 'ios' })).toEqual({ ok: false, refusal: { code: 'platform_in_body' } })
    expect(read({ platform: null }).ok).toBe(true)
  })

  it.each([null, 5, '', {}, 'x'.repeat(256)])(
    'does without the offering %.20j instead of losing a purchase',
    (name) => {
      expect(read({ presented_offering_identifier: name })).toMatchObject({ value: { presentedOffering: null } })
    },
  )
})
