import { SdkFault, type SdkFaultName } from '../sdk-fault.ts'
import type { SdkApp } from '../sdk-route.ts'

type Unavailable = readonly [method: 'GET' | 'POST', url: string, fault: SdkFaultName, message: string]

/** Calls that SDKs make and that are refused on purpose, whatever the key. */
const UNAVAILABLE: readonly Unavailable[] = [
  ['GET', '/config/:domain', 'unavailable', 'There is no remote configuration here; SDKs go on without it.'],
  ['POST', '/config/:domain', 'unavailable', 'There is no remote configuration here; SDKs go on without it.'],
  ['GET', '/customercenter/:app_user_id', 'not_found', 'There is no customer center here.'],
]

/**
 * Routes that always answer 404. For remote configuration it is the one safe answer: any 4xx makes the mobile SDKs read
 * paywalls from the offerings for the rest of the session, while after a 5xx they keep asking.
 */
export function unavailableRoutes(app: SdkApp): void {
  for (const [method, url, fault, message] of UNAVAILABLE) {
    const handler = () => {
      throw new SdkFault(fault, message)
    }
    app.route({ method, url, schema: { hide: true }, handler })
  }
}
