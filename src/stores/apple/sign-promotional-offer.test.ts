import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { createOfferSigner } from './sign-promotional-offer.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const NONCE = '7b2f6a6e-5c3c-4b0f-9d7e-3d7a1f0c2b11'
const signer = createOfferSigner({ pem, keyId: 'C815358F', bundleId: 'com.example.app' }, () => NONCE)

it('signs the documented seven texts, parted by the invisible separator, so that the public key verifies them', () => {
  const { nonce, signature } = signer.sign({
    productId: 'p',
    offerId: 'o',
    account: 'user-1',
    signedAt: 1_646_761_777_900,
  })
  const text = ['com.example.app', 'C815358F', 'p', 'o', 'user-1', NONCE, '1646761777900'].join('\u2063')
  expect(nonce).toBe(NONCE)
  expect(verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))).toBe(true)
  const other = text.replace('user-1', 'user-2')
  expect(verify('sha256', Buffer.from(other), publicKey, Buffer.from(signature, 'base64'))).toBe(false)
})

it('keeps the place of an account that is empty', () => {
  const { signature } = signer.sign({ productId: 'p', offerId: 'o', account: '', signedAt: 1 })
  const text = ['com.example.app', 'C815358F', 'p', 'o', '', NONCE, '1'].join('\u2063')
  expect(verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))).toBe(true)
})

it('refuses other keys at once, without repeating them', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  for (const wrong of ['secret text', rsa.toString(), '']) {
    expect(() => createOfferSigner({ pem: wrong, keyId: 'k', bundleId: 'b' }, () => NONCE)).toThrow(
      /^the key for offers of the App Store is not an EC key on the curve P-256$/,
    )
  }
})
