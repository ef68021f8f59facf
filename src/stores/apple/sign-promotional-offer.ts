import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { OfferSigner, OfferToSign } from '../../usecases/ports/offer-signer.ts'

/** What stands between the signed texts: the invisible separator. */
const SEPARATOR = '\u2063'

/** A team's key for in-app purchases, the content of its .p8 file, and the app whose offers it signs. */
export type OfferKey = { pem: string; keyId: string; bundleId: string }

/**
 * Makes the signer of promotional offers. `newNonce` gives UUIDs in small letters. Throws when the key is no EC key on
 * the curve P-256. Apple, "Generating a signature for promotional offers".
 */
export function createOfferSigner({ pem, keyId, bundleId }: OfferKey, newNonce: () => string): OfferSigner {
  const key = readKey(pem)
  return {
    keyId,
    sign(offer) {
      const nonce = newNonce()
      const signature = sign('sha256', Buffer.from(signedText(offer, nonce)), key).toString('base64')
      return { nonce, signature }
    },
  }

  function signedText({ productId, offerId, account, signedAt }: OfferToSign, nonce: string): string {
    return [bundleId, keyId, productId, offerId, account, nonce, String(signedAt)].join(SEPARATOR)
  }
}

function readKey(pem: string): KeyObject {
  const key = keyOrNull(pem)
  if (key?.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  throw new Error('the key for offers of the App Store is not an EC key on the curve P-256')
}

/** What the parser says may repeat the key. */
function keyOrNull(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}
