import { CREDITS, type Tier } from './config.ts'

/** What an operator decided about one customer's cap of credits, and why. The latest decision counts. */
export type CreditsCapChange = {
  /** Credits that every period allows, from 1 to `CAP_MAX`; null: what the tier says counts. */
  creditsTotal: number | null
  reason: string
  actor: string
  /** Null when no request asked for it. */
  requestId: string | null
  /** The customer it was decided for, when it came here by a merge. */
  mergedFrom: string | null
  createdAt: number
}

/** What a period allows to a customer of a tier. A cap of their own replaces the one of credits, and no other; 0 is none. */
export function capsOf({ caps }: Pick<Tier, 'caps'>, creditsCap: number | null): ReadonlyMap<string, number> {
  return isCap(creditsCap) ? new Map(caps).set(CREDITS, creditsCap) : caps
}

/**
 * The decision that passes to the customer who goes on after a merge, of the latest decisions about both; null when
 * nothing does. A cap of their own stays, even when the other's is higher: operators chose it for this person.
 */
export function inheritedCap(
  kept: CreditsCapChange | undefined,
  absorbed: CreditsCapChange | undefined,
  absorbedId: string,
): CreditsCapChange | null {
  if (absorbed === undefined || !isCap(absorbed.creditsTotal) || isCap(kept?.creditsTotal)) return null
  return { ...absorbed, mergedFrom: absorbedId }
}

function isCap(creditsCap: number | null | undefined): creditsCap is number {
  return typeof creditsCap === 'number' && creditsCap !== 0
}
