/** What a signature of a promotional offer is about. */
export type OfferToSign = {
  productId: string
  offerId: string
  /** The account that the app hands to the App Store; empty when it hands over none. */
  account: string
  signedAt: number
}

/** Signs promotional offers of the App Store for one app. */
export type OfferSigner = {
  keyId: string
  /** The signature as StoreKit takes it (DER, base64), with the nonce that is in it. Good for 24 hours. */
  sign(offer: OfferToSign): { nonce: string; signature: string }
}
