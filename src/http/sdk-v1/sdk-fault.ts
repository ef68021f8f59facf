/**
 * Every error of this surface: status, number and words. The numbers are RevenueCat's, since SDKs decide by them what
 * the app is told. docs/compatibility.md says what each means to an app.
 */
const FAULTS = {
  platform_invalid: [400, 7000, 'Invalid Platform'],
  unavailable: [404, 7000, 'This does not exist here.'],
  store_unavailable: [503, 7101, 'The store cannot be asked at the moment. The purchase is kept; try again later.'],
  store_unsupported: [500, 7101, 'Purchases from this store cannot be verified by this server yet.'],
  store_refused: [400, 7101, 'The store refused.'],
  receipt_in_use: [400, 7102, 'The receipt is already in use by another customer.'],
  receipt_invalid: [400, 7103, 'The receipt is not valid.'],
  internal: [500, 7110, 'Internal server error.'],
  app_user_id_empty: [400, 7220, 'The app user id is empty.'],
  key_invalid: [401, 7225, 'Invalid API Key.'],
  bad_request: [400, 7226, 'The request is not valid.'],
  not_found: [404, 7226, 'There is nothing at this path.'],
  offer_ineligible: [400, 7232, 'Offers are for those who have or had a subscription.'],
  signing_key_missing: [400, 7234, 'Promotional offers cannot be signed: no key of the App Store is configured.'],
  key_is_secret: [403, 7243, 'Secret API keys should not be used in your app.'],
  alias_refused: [400, 7255, 'Two customers that people have logged in to cannot become one.'],
  app_user_id_invalid: [400, 7256, 'The app user id is not valid.'],
  customer_unknown: [404, 7259, 'The subscriber was not found.'],
  purchase_unknown: [404, 7259, 'The customer has no such purchase.'],
  offering_unknown: [404, 7259, 'The project has no offering with this id.'],
  attributes_refused: [400, 7263, 'Some customer attribute keys were unable to be saved.'],
  attributes_malformed: [400, 7264, 'The body must have "attributes": an object of objects with a value.'],
  in_progress: [503, 7638, 'The customer is being changed by other requests. Try again.'],
  receipt_in_progress: [529, 7638, 'The receipt is being processed. Try again in a few seconds.'],
  product_ids_malformed: [400, 7662, 'product_ids must be a list of texts; Google Play allows one.'],
  redemption_invalid: [400, 7849, 'The link is not valid, or was used already.'],
  redemption_not_yours: [403, 7852, 'The purchase belongs to somebody else.'],
  redemption_expired: [403, 7853, 'The link has expired.'],
  key_of_other_version: [403, 7723, "You're trying to use a secret API key incompatible with RevenueCat API V1."],
} as const satisfies Record<string, readonly [status: number, code: number, message: string]>

export type SdkFaultName = keyof typeof FAULTS

/** The body of an error. SDKs need both fields, and `code` as a number. */
export type SdkErrorBody = { code: number; message: string; [extra: string]: unknown }

/** The body that stands for a fault, where it is a part of another answer. */
export function faultBody(name: SdkFaultName, message?: string, extra: Record<string, unknown> = {}): SdkErrorBody {
  const [, code, words] = FAULTS[name]
  return { code, message: message ?? words, ...extra }
}

/** A refused request. Thrown by routes, answered by the surface's error handler. */
export class SdkFault extends Error {
  override readonly name = 'SdkFault'
  readonly status: number
  readonly body: SdkErrorBody

  constructor(name: SdkFaultName, message?: string, extra?: Record<string, unknown>) {
    const body = faultBody(name, message, extra)
    super(body.message)
    this.status = FAULTS[name][0]
    this.body = body
  }
}
