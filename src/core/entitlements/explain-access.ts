import type { Catalog } from '../catalog/catalog.ts'
import type { OwnershipStep } from '../purchases/ownership-step.ts'
import type { Purchase, PurchaseTransaction } from '../purchases/purchase.ts'
import type { LedgerKind } from '../wallet/ledger-transaction.ts'
import { type Candidate, judgeGrant, judgePurchase } from './access-reason.ts'
import type { EntitlementGrant } from './grant.ts'
import type { TestingAccess } from './testing-access.ts'

/** Candidates, and purchases that are none, that are listed of one entitlement. All of them decide. */
const LISTED_MAX = 100

/** A ledger transaction that a purchase caused, in whoever's wallet. */
export type CausedUnits = {
  transactionId: string
  kind: LedgerKind
  customerId: string
  storeTransactionId: string | null
  createdAt: number
  changes: ReadonlyArray<{ currency: string; amount: number }>
}

/** A purchase with what is known of it. The lists are the newest of what there is, oldest first. */
export type PurchaseStory = {
  purchase: Purchase
  charges: readonly PurchaseTransaction[]
  ownership: readonly OwnershipStep[]
  units: readonly CausedUnits[]
}

/** Everything that decides about a customer's access, as the rows say it. */
export type AccessFacts = {
  purchases: readonly Purchase[]
  grants: readonly EntitlementGrant[]
  catalog: Catalog
  /** Whether the customer's sandbox purchases give access. */
  isSandboxCounted: boolean
}

export type EntitlementExplanation = {
  lookupKey: string
  /** `never`: nothing that counts ever gave it. */
  verdict: 'active' | 'ended' | 'never'
  /** End of access; null is for ever, or that there never was any. */
  endsAt: number | null
  /** The one that stands for the entitlement: of those that count the one whose access ends last. */
  represents: { source: Candidate['source']; id: string } | null
  /** All that could give it; first the one that stands for it, then in the order in which they would take its place. */
  candidates: readonly Candidate[]
  /** Products of the catalogue that give it, by Purser's id. */
  products: readonly string[]
  /** Purchases of the customer whose product the catalogue does not attach to it, by id. */
  notAttached: readonly string[]
}

export type AccessExplanation = {
  at: number
  testing: TestingAccess['mode']
  isSandboxCounted: boolean
  entitlements: readonly EntitlementExplanation[]
}

/**
 * Why a customer has access or not: of each entitlement what stands for it, and what became of everything else that could.
 * `asked` is explained although nothing gives it; null explains all that the customer ever had or could have had by what
 * they bought.
 */
export function explainAccess(facts: AccessFacts, now: number, asked: string | null): AccessExplanation {
  const { catalog, purchases, grants, isSandboxCounted } = facts
  const keys = new Set(purchases.flatMap((purchase) => attachedTo(catalog, purchase)))
  for (const { lookupKey } of grants) keys.add(lookupKey)
  const wanted = asked === null ? [...keys].sort() : [asked]
  return {
    at: now,
    testing: catalog.testing?.mode ?? 'anybody',
    isSandboxCounted,
    entitlements: wanted.map((lookupKey) => explainEntitlement(facts, now, lookupKey)),
  }
}

function explainEntitlement(facts: AccessFacts, now: number, lookupKey: string): EntitlementExplanation {
  const bought = facts.purchases
    .filter((purchase) => attachedTo(facts.catalog, purchase).includes(lookupKey))
    .map((purchase) => judgePurchase(purchase, facts.isSandboxCounted, now))
  const granted = facts.grants.filter((grant) => grant.lookupKey === lookupKey).map((grant) => judgeGrant(grant, now))
  const counted = [...bought, ...granted].filter(doesCount).sort(inOrderOfPrecedence)
  const others = [...bought, ...granted].filter((candidate) => !doesCount(candidate))
  const [best] = counted
  return {
    lookupKey,
    verdict: best === undefined ? 'never' : best.isActive ? 'active' : 'ended',
    endsAt: best?.endsAt ?? null,
    represents: best === undefined ? null : { source: best.source, id: best.id },
    candidates: [...counted, ...others].slice(0, LISTED_MAX),
    products: [...facts.catalog.products.values()]
      .filter((product) => product.entitlements.includes(lookupKey))
      .map((product) => product.productId),
    notAttached: facts.purchases
      .filter((purchase) => !attachedTo(facts.catalog, purchase).includes(lookupKey))
      .map(({ purchaseId }) => purchaseId)
      .slice(0, LISTED_MAX),
  }
}

/** A refunded one-time purchase gives nothing at all, and neither does a sandbox purchase that is not let in. */
function doesCount({ reason }: Candidate): boolean {
  return reason !== 'sandbox_not_counted' && reason !== 'given_back'
}

/** No end beats every end; of equal ends the later one counts, and of those at the same instant the one listed first. */
function inOrderOfPrecedence(one: Candidate, other: Candidate): number {
  const oneEnd = one.endsAt ?? Number.POSITIVE_INFINITY
  const otherEnd = other.endsAt ?? Number.POSITIVE_INFINITY
  return oneEnd === otherEnd ? other.since - one.since : otherEnd > oneEnd ? 1 : -1
}

function attachedTo({ products }: Catalog, { productId }: Purchase): readonly string[] {
  return products.get(productId)?.entitlements ?? []
}
