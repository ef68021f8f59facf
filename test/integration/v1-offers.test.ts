import { generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newV1Shop } from '../support/v1-shop.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const USER = 'Anna@example.com'
const UUID = '6F9619FF-8B86-4D01-B42D-00CF4FC964FF'
const WISH = { offer_id: 'o', product_id: 'p', subscription_group: 'g' }

const shop = newV1Shop({
  PURSER_APPLE_OFFER_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  PURSER_APPLE_OFFER_KEY_ID: 'C815358F01',
  PURSER_APPLE_OFFER_BUNDLE_ID: 'com.example.app',
})

async function askOffers(user: string, headers: Record<string, string>, key = 'appl_key') {
  await shop.addApp({ appId: 'app_ios', store: 'app_store', publicKey: 'appl_key' })
  const body = { app_user_id: user, fetch_token: 't', generate_offers: [WISH] }
  const { status, body: answered } = await shop.ask(key, 'POST', '/v1/offers', body, headers)
  expect(status).toBe(200)
  return answered.offers[0]
}

/** Whether a signature is about this account. */
function isFor(
  account: string,
  { signature_data: signed }: { signature_data: Record<string, string | number> },
): boolean {
  const text = ['com.example.app', 'C815358F01', 'p', 'o', account, signed.nonce, signed.timestamp].join('\u2063')
  return verify('sha256', Buffer.from(text), publicKey, Buffer.from(String(signed.signature), 'base64'))
}

describe('an offer', () => {
  test('is signed with the key that is configured, now, under a new nonce each time', async () => {
    const offer = await askOffers(USER, {})
    expect(offer).toEqual({
      offer_id: 'o',
      product_id: 'p',
      key_id: 'C815358F01',
      signature_data: {
        nonce: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        signature: expect.any(String),
        timestamp: shop.clock.now(),
      },
      signature_error: null,
    })
  })

  test.each([
    ['StoreKit 1', { 'x-storekit-version': '1' }, USER, USER],
    ['StoreKit 1, told by the older header', { 'x-storekit2-enabled': 'false' }, USER, USER],
    ['no header', {}, USER, USER],
    ['StoreKit 2 and an id that is no UUID', { 'x-storekit-version': '2' }, USER, ''],
    ['StoreKit 2 and a UUID', { 'x-storekit-version': '2' }, UUID, UUID.toLowerCase()],
    ['StoreKit 2, told by the older header', { 'x-storekit2-enabled': 'true' }, USER, ''],
    ['StoreKit 1 though 2 is enabled', { 'x-storekit-version': '1', 'x-storekit2-enabled': 'true' }, USER, USER],
  ])('is signed for the account that the SDK hands to the store: %s', async (_name, headers, user, account) => {
    const offer = await askOffers(user, headers)
    expect([account, 'somebody-else'].map((text) => isFor(text, offer))).toEqual([true, false])
  })

  test('is signed for apps of the App Store alone: others are told that there is no key', async () => {
    const offer = await askOffers(USER, {}, shop.demo.testStoreKey)
    expect([offer.signature_data, offer.signature_error.code]).toEqual([null, 7234])
  })
})
