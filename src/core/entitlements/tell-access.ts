import type { Catalog } from '../catalog/catalog.ts'
import type { OwnershipCause, OwnershipStep } from '../purchases/ownership-step.ts'
import type { AccessReason, Candidate } from './access-reason.ts'
import type { AccessExplanation, CausedUnits, EntitlementExplanation, PurchaseStory } from './explain-access.ts'

/** What is told: the explanation with the stories that it rests on. */
export type ToldAccess = {
  explanation: AccessExplanation
  stories: readonly PurchaseStory[]
  /** Purchases without a story. */
  untold: number
  catalog: Catalog
  blocked: { reason: string; actor: string; blockedAt: number } | null
}

/** Tells in words why a customer has access or not; one line each. */
export function tellAccess(told: ToldAccess, customer: string): string[] {
  const { explanation, stories, untold, blocked } = told
  if (blocked !== null) {
    const why = JSON.stringify(blocked.reason)
    return [`${customer} is blocked since ${timeText(blocked.blockedAt)} by ${blocked.actor}, ${why}: it names nobody.`]
  }
  const purchases = stories.flatMap((story) => tellStory(told, story))
  return [
    ...explanation.entitlements.flatMap((entitlement) => tellEntitlement(told, entitlement, customer)),
    ...(explanation.entitlements.length === 0 ? [`${customer} never had an entitlement.`] : []),
    ...(purchases.length === 0 ? [] : ['', 'Purchases, the latest first:', ...purchases]),
    ...(untold === 0 ? [] : [`And ${untold} earlier purchases.`]),
  ]
}

const VERDICTS = { active: 'is active', ended: 'has ended', never: 'is not there, and never was' } as const

function tellEntitlement(
  { explanation, stories, catalog }: ToldAccess,
  entitlement: EntitlementExplanation,
  customer: string,
): string[] {
  const { lookupKey, verdict, endsAt, candidates, products, notAttached } = entitlement
  const until = verdict === 'never' ? '' : endsAt === null ? ', for ever' : `, until ${timeText(endsAt)}`
  const told = stories.filter(({ purchase }) => notAttached.includes(purchase.purchaseId))
  return [
    `${lookupKey} of ${customer} ${VERDICTS[verdict]}${until}, at ${timeText(explanation.at)}.`,
    ...(products.length === 0 ? ['  No product of the catalogue is attached to it.'] : []),
    ...candidates.map((candidate) => `  ${tellCandidate(entitlement, candidate, explanation)}`),
    ...told.map(
      ({ purchase }) =>
        `  ${purchase.purchaseId} does not give it: ${productText(catalog, purchase.productId)} is not attached to it`,
    ),
  ]
}

function tellCandidate(
  { represents }: EntitlementExplanation,
  { source, id, endsAt, isActive, reason }: Candidate,
  { testing }: AccessExplanation,
): string {
  const stands = represents?.source === source && represents.id === id ? 'stands for it' : 'does not stand for it'
  const why = reason === 'sandbox_not_counted' ? `${REASONS[reason]} (testing access: ${testing})` : REASONS[reason]
  const end = endsAt === null ? 'without an end' : `ends ${timeText(endsAt)}`
  return `${source} ${id} ${stands}: ${isActive ? 'gives access' : 'gives none'}, ${why}, ${end}`
}

const REASONS: Record<AccessReason, string> = {
  paid: 'it is paid for',
  for_ever: 'it was bought once and for all',
  grace: 'the charge failed and the store gives grace',
  granted: 'it was granted by hand',
  ended: 'its end has come',
  payment_failed: 'the charge failed and the store gives no grace',
  paused: 'it is paused',
  refunded: 'the store gave the money back',
  given_back: 'the store gave the money back',
  revoked: 'it was taken away',
  superseded: 'another purchase took its place',
  sandbox_not_counted: 'sandbox purchases of this customer do not count',
}

function tellStory({ catalog }: ToldAccess, { purchase, charges, ownership, units }: PurchaseStory): string[] {
  const { purchaseId, store, environment, storePurchaseId, productId, asOf } = purchase
  return [
    `  ${purchaseId}  ${productText(catalog, productId)}, ${store} ${environment}, ${storePurchaseId}`,
    `    the store's word is as of ${timeText(asOf)}: ${tellState(purchase)}`,
    ...charges.map((charge) => `    charge ${tellCharge(charge)}`),
    ...ownership.map((step) => `    ${tellStep(step)}`),
    ...units.map((caused) => `    ${tellUnits(caused)}`),
  ]
}

function tellState(purchase: PurchaseStory['purchase']): string {
  const { expiresAt, autoRenews, unsubscribeDetectedAt, billingIssueDetectedAt, graceExpiresAt } = purchase
  const facts: Array<[string, number | null]> = [
    ['unsubscribed', unsubscribeDetectedAt],
    ['billing failed', billingIssueDetectedAt],
    ['grace until', graceExpiresAt],
    ['pause ends', purchase.autoResumeAt],
    ['given back', purchase.refundedAt],
    ['taken away', purchase.revokedAt],
    ['replaced', purchase.superseded?.at ?? null],
  ]
  const dated = facts.flatMap(([what, at]) => (at === null ? [] : [`${what} ${timeText(at)}`]))
  const paid = expiresAt === null ? 'paid for ever' : `paid until ${timeText(expiresAt)}`
  return [paid, autoRenews ? 'renews' : 'does not renew', ...dated].join(', ')
}

function tellCharge({
  number,
  storeTransactionId,
  periodType,
  purchasedAt,
  expiresAt,
  refund,
}: PurchaseStory['charges'][number]): string {
  const end = expiresAt === null ? '' : ` to ${timeText(expiresAt)}`
  const back = refund === null ? '' : `, given back ${timeText(refund.at)}`
  return `${number}  ${storeTransactionId}, ${periodType}, ${timeText(purchasedAt)}${end}${back}`
}

const CAUSES: Record<OwnershipCause, string> = {
  posted: 'posted by an app',
  imported: 'imported',
  told: 'told by RevenueCat',
  noticed: 'told by the store',
  merged: 'came with a customer who was merged into this one',
  aliased: 'its owner became one with the customer who posted it',
  transferred: 'moved to the customer who posted it',
  redeemed: 'redeemed',
}

function tellStep({ cause, customerId, fromCustomerId, appUserId, appId, rule, recordedAt }: OwnershipStep): string {
  const details = [
    appUserId !== null && `as ${appUserId}`,
    appId !== null && `with the key of ${appId}`,
    fromCustomerId !== null && `from ${fromCustomerId}`,
    rule !== null && ruleText(rule),
  ].filter((detail) => detail !== false)
  return `${timeText(recordedAt)}  ${CAUSES[cause]} -> ${[customerId, ...details].join(', ')}`
}

const SOURCES = {
  customer: "the customer's own",
  sandbox_setting: 'for sandbox purchases',
  project_setting: "the project's",
} as const

function ruleText(rule: NonNullable<OwnershipStep['rule']>): string {
  if (rule.source === 'anonymous_owner') return 'because nobody had logged in to the owner'
  return `by the rule ${rule.behavior}, ${SOURCES[rule.source]}`
}

function tellUnits({ transactionId, kind, customerId, createdAt, changes }: CausedUnits): string {
  const amounts = changes.map(({ currency, amount }) => `${amount > 0 ? '+' : ''}${amount} ${currency}`).join(', ')
  return `${timeText(createdAt)}  ${kind} of ${amounts || 'nothing'} -> ${customerId} (${transactionId})`
}

function productText({ products }: Catalog, productId: string): string {
  return products.get(productId)?.storeProductId ?? `${productId} (not in the catalogue any more)`
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}
