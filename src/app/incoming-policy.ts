import type { Settings } from '../config/schema.ts'
import type { IncomingPolicy } from '../usecases/incoming/incoming-policy.ts'

/** What the settings say about a hosted RevenueCat's events. */
export function incomingPolicy(settings: Settings): IncomingPolicy {
  return {
    appliesSandbox: settings.revenuecatWebhookSandbox,
    mirrorsDashboard: settings.revenuecatWebhookMirror,
    balancesAreUpstream: settings.creditsUpstreamKey !== undefined,
  }
}
