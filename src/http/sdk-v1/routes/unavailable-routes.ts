import { SdkFault, type SdkFaultName } from '../sdk-fault.ts'
import type { SdkApp } from '../sdk-route.ts'

type Unavailable = readonly [method: 'GET' | 'POST', url: string, fault: SdkFaultName, message: string]

/** Calls that SDKs make and that are refused on purpose, whatever the key. */
const UNAVAILABLE: readonly Unavailable[] = [
  ['GET', '/config/:domain', 'unavailable', 'There is no remote configuration here; SDKs go on without it.'],
  ['POST', '/config/:domain', 'unavailable', 'There is no remote configuration here; SDKs go on without it.'],
  ['GET', '/subscribers/:app_user_id/workflows/:workflow_id', 'not_found', 'There are no paywall workflows here.'],
  ['GET', '/subscribers/:app_user_id/products', 'not_found', 'Offerings have taken the place of this call.'],
  ['POST', '/external_purchase_tokens', 'not_found', 'External purchases of the App Store are not recorded here yet.'],
  // A server's status: the SDK asks again later instead of losing the purchase.
  [
    'GET',
    '/receipts/amazon/:store_user_id/:receipt_id',
    'store_unsupported',
    'Purchases from Amazon cannot be verified by this server yet.',
  ],
]

/**
 * Routes that always answer an error. For remote configuration 404 is the one safe answer: any 4xx makes the mobile SDKs
 * read paywalls from the offerings for the rest of the session, while after a 5xx they keep asking.
 */
export function unavailableRoutes(app: SdkApp): void {
  for (const [method, url, fault, message] of UNAVAILABLE) {
    const handler = () => {
      throw new SdkFault(fault, message)
    }
    app.route({ method, url, schema: { hide: true }, handler })
  }
}
