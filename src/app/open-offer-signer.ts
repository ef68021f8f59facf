import { randomUUID } from 'node:crypto'
import type { Settings } from '../config/schema.ts'
import { createOfferSigner } from '../stores/apple/sign-promotional-offer.ts'
import type { OfferSigner } from '../usecases/ports/offer-signer.ts'

/** The signer of promotional offers; null when no key is configured. Throws at once when the key cannot be used. */
export function openOfferSigner({
  appleOfferKey: pem,
  appleOfferKeyId: keyId,
  appleOfferBundleId: bundleId,
}: Pick<Settings, 'appleOfferKey' | 'appleOfferKeyId' | 'appleOfferBundleId'>): OfferSigner | null {
  if (pem === undefined || keyId === undefined || bundleId === undefined) return null
  return createOfferSigner({ pem, keyId, bundleId }, randomUUID)
}
