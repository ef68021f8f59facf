import { type Static, Type } from 'typebox'
import type { Candidate } from '../../../core/entitlements/access-reason.ts'
import type { CausedUnits, PurchaseStory } from '../../../core/entitlements/explain-access.ts'
import type { EntitlementGrant } from '../../../core/entitlements/grant.ts'
import type { OwnershipStep } from '../../../core/purchases/ownership-step.ts'
import type { ExplainedAccess } from '../../../usecases/purchases/explain-access.ts'

const Time = Type.String({ format: 'date-time' })
const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])
const TimeOrNull = nullable(Time)
const TextOrNull = nullable(Type.String())
const Named = Type.Object({ source: Type.String({ description: '`purchase` or `grant`.' }), id: Type.String() })

const CandidateWire = Type.Object({
  source: Type.String({ description: '`purchase` or `grant`.' }),
  id: Type.String(),
  since: Time,
  ends_at: TimeOrNull,
  is_active: Type.Boolean(),
  reason: Type.String({ description: 'Why it gives access now, or does not; see docs/explain-access.md.' }),
})

const EntitlementWire = Type.Object({
  lookup_key: Type.String(),
  verdict: Type.String({ description: '`active`, `ended`, or `never`.' }),
  ends_at: nullable(
    Type.String({ format: 'date-time', description: 'Null is for ever, or that there never was any.' }),
  ),
  represents: Type.Union([Named, Type.Null()], { description: 'What stands for it: that whose access ends last.' }),
  candidates: Type.Array(CandidateWire, { description: 'First what stands for it.' }),
  products: Type.Array(Type.String(), { description: 'Products that are attached to it.' }),
  not_attached: Type.Array(Type.String(), { description: "The user's purchases whose product is not attached to it." }),
})

const PurchaseWire = Type.Object({
  purchase_id: Type.String(),
  product: TextOrNull,
  store: Type.String(),
  environment: Type.String(),
  store_purchase_id: Type.String(),
  as_of: Type.String({ format: 'date-time', description: "When the store's word was so." }),
  paid_until: TimeOrNull,
  renews: Type.Boolean(),
  unsubscribe_detected_at: TimeOrNull,
  billing_issue_detected_at: TimeOrNull,
  grace_expires_at: TimeOrNull,
  refunded_at: TimeOrNull,
  revoked_at: TimeOrNull,
  superseded_at: TimeOrNull,
  charges: Type.Array(
    Type.Object({
      number: Type.Integer(),
      store_transaction_id: Type.String(),
      period_type: Type.String(),
      purchased_at: Time,
      expires_at: TimeOrNull,
      refunded_at: TimeOrNull,
    }),
    { description: 'The latest, oldest first.' },
  ),
  ownership: Type.Array(
    Type.Object({
      cause: Type.String(),
      customer_id: Type.String(),
      from_customer_id: TextOrNull,
      user_id: TextOrNull,
      app_id: TextOrNull,
      rule: TextOrNull,
      rule_source: TextOrNull,
      recorded_at: Time,
    }),
    { description: 'How it came to the user, the first step first.' },
  ),
  ledger: Type.Array(
    Type.Object({
      transaction_id: Type.String(),
      kind: Type.String(),
      customer_id: Type.String(),
      store_transaction_id: TextOrNull,
      changes: Type.Array(Type.Object({ currency: Type.String(), amount: Type.Integer() })),
      created_at: Time,
    }),
    { description: 'Units that it gave, and that were taken back for it, in whoever has them.' },
  ),
})

export const AccessWire = Type.Object(
  {
    user_id: Type.String(),
    customer_id: TextOrNull,
    user_ids: Type.Array(Type.String(), { description: 'The latest seen first.' }),
    restore_behavior: nullable(Type.String({ description: "The user's own; null: the project decides." })),
    blocked: Type.Union([Type.Object({ reason: Type.String(), actor: Type.String(), blocked_at: Time }), Type.Null()]),
    at: Time,
    testing_access: Type.String(),
    sandbox_counts: Type.Boolean({ description: "Whether the user's sandbox purchases give access." }),
    entitlements: Type.Array(EntitlementWire),
    purchases: Type.Array(PurchaseWire, { description: 'The latest first.' }),
    other_purchases: Type.Integer({ description: 'Earlier purchases that are not listed. They count all the same.' }),
    grants: Type.Array(
      Type.Object({
        grant_id: Type.String(),
        lookup_key: Type.String(),
        granted_by: Type.String(),
        granted_at: Time,
        expires_at: Time,
        revoked_at: TimeOrNull,
      }),
    ),
    text: Type.Array(Type.String(), { description: 'The same in words, line by line.' }),
  },
  { description: 'Why a user has access or not.' },
)

/** An explanation as support reads it. */
export function accessToWire(found: ExplainedAccess, userId: string, text: string[]): Static<typeof AccessWire> {
  const { known, blocked, explanation, catalog } = found
  return {
    user_id: userId,
    customer_id: known?.customer.customerId ?? null,
    user_ids: known?.names ?? [],
    restore_behavior: known?.restoreBehavior ?? null,
    blocked: blocked && { reason: blocked.reason, actor: blocked.actor, blocked_at: iso(blocked.blockedAt) },
    at: iso(explanation.at),
    testing_access: explanation.testing,
    sandbox_counts: explanation.isSandboxCounted,
    entitlements: explanation.entitlements.map((one) => ({
      lookup_key: one.lookupKey,
      verdict: one.verdict,
      ends_at: isoOrNull(one.endsAt),
      represents: one.represents,
      candidates: one.candidates.map(candidateToWire),
      products: [...one.products],
      not_attached: [...one.notAttached],
    })),
    purchases: found.stories.map((story) =>
      storyToWire(story, catalog.products.get(story.purchase.productId)?.storeProductId ?? null),
    ),
    other_purchases: found.untold,
    grants: found.grants.map(grantToWire),
    text,
  }
}

function candidateToWire({ source, id, since, endsAt, isActive, reason }: Candidate): Static<typeof CandidateWire> {
  return { source, id, since: iso(since), ends_at: isoOrNull(endsAt), is_active: isActive, reason }
}

function storyToWire(story: PurchaseStory, product: string | null): Static<typeof PurchaseWire> {
  const { purchase } = story
  return {
    purchase_id: purchase.purchaseId,
    product,
    store: purchase.store,
    environment: purchase.environment,
    store_purchase_id: purchase.storePurchaseId,
    as_of: iso(purchase.asOf),
    paid_until: isoOrNull(purchase.expiresAt),
    renews: purchase.autoRenews,
    unsubscribe_detected_at: isoOrNull(purchase.unsubscribeDetectedAt),
    billing_issue_detected_at: isoOrNull(purchase.billingIssueDetectedAt),
    grace_expires_at: isoOrNull(purchase.graceExpiresAt),
    refunded_at: isoOrNull(purchase.refundedAt),
    revoked_at: isoOrNull(purchase.revokedAt),
    superseded_at: isoOrNull(purchase.superseded?.at ?? null),
    charges: story.charges.map((charge) => ({
      number: charge.number,
      store_transaction_id: charge.storeTransactionId,
      period_type: charge.periodType,
      purchased_at: iso(charge.purchasedAt),
      expires_at: isoOrNull(charge.expiresAt),
      refunded_at: isoOrNull(charge.refund?.at ?? null),
    })),
    ownership: story.ownership.map(stepToWire),
    ledger: story.units.map(unitsToWire),
  }
}

function stepToWire(step: OwnershipStep) {
  return {
    cause: step.cause,
    customer_id: step.customerId,
    from_customer_id: step.fromCustomerId,
    user_id: step.appUserId,
    app_id: step.appId,
    rule: step.rule?.behavior ?? null,
    rule_source: step.rule?.source ?? null,
    recorded_at: iso(step.recordedAt),
  }
}

function unitsToWire({ transactionId, kind, customerId, storeTransactionId, changes, createdAt }: CausedUnits) {
  return {
    transaction_id: transactionId,
    kind,
    customer_id: customerId,
    store_transaction_id: storeTransactionId,
    changes: [...changes],
    created_at: iso(createdAt),
  }
}

function grantToWire({ grantId, lookupKey, grantedBy, grantedAt, expiresAt, revokedAt }: EntitlementGrant) {
  return {
    grant_id: grantId,
    lookup_key: lookupKey,
    granted_by: grantedBy,
    granted_at: iso(grantedAt),
    expires_at: iso(expiresAt),
    revoked_at: isoOrNull(revokedAt),
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}
