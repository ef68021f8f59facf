import { countryOf } from '../../../core/customers/country.ts'
import type { PresentedContext, ReceiptFacts } from '../../../core/purchases/receipt-facts.ts'
import { currencyOf, durationOf, integerOf, microsOf, objectOf, oneOf, priceOf, textOf } from './lenient-values.ts'

/** Entries of an app's own metadata and of what it says of a paywall; apps send a handful. */
const ENTRIES_MAX = 20

const INITIATIONS = ['purchase', 'restore', 'queue', 'unsynced_active_purchases'] as const
const PAYMENT_MODES = ['pay_as_you_go', 'pay_up_front', 'free_trial'] as const

/**
 * Reads what an app tells beside a receipt. Nothing here is ever refused: after a refusal an SDK drops the purchase, so
 * what cannot be read is left out. RevenueCat REST API v1, POST /receipts.
 */
export function receiptFactsFromWire(body: Readonly<Record<string, unknown>>): ReceiptFacts {
  const price = priceOf(body.price, body.currency)
  return withoutMissing({
    price,
    currency: price === undefined ? currencyOf(body.currency) : undefined,
    storeCountry: countryOf(body.store_country) ?? undefined,
    ipAddress: textOf(body.ip_address),
    presented: presentedFromWire(body),
    initiation: oneOf(body.initiation_source, INITIATIONS) ?? (body.is_restore === true ? 'restore' : undefined),
    isObserver: body.observer_mode === true || body.purchase_completed_by === 'my_app' ? true : undefined,
    introductoryPriceMicros: microsOf(body.introductory_price),
    paymentMode: PAYMENT_MODES[integerOf(body.payment_mode) ?? -1],
    normalDuration: durationOf(body.normal_duration),
    introDuration: durationOf(body.intro_duration),
    trialDuration: durationOf(body.trial_duration),
    subscriptionGroup: textOf(body.subscription_group_id),
    prorationMode: textOf(body.proration_mode),
    storeUserId: textOf(body.store_user_id),
    metadata: entriesOf(body.metadata, (value): value is string => textOf(value) !== undefined),
  })
}

function presentedFromWire(body: Readonly<Record<string, unknown>>): PresentedContext | undefined {
  const rule = objectOf(body.applied_targeting_rule)
  const revision = integerOf(rule?.revision)
  const ruleId = textOf(rule?.rule_id)
  const presented: PresentedContext = withoutMissing({
    placement: textOf(body.presented_placement_identifier),
    targeting: revision === undefined || ruleId === undefined ? undefined : { revision, ruleId },
    paywall: entriesOf(
      body.paywall,
      (value): value is string | number | boolean =>
        typeof value === 'number' || typeof value === 'boolean' || textOf(value) !== undefined,
    ),
    workflowId: textOf(body.presented_workflow_id),
    stepId: textOf(body.presented_step_id),
  })
  return Object.keys(presented).length === 0 ? undefined : presented
}

/** The entries of an object that have a sensible name and value; undefined when there are none. */
function entriesOf<Value>(
  value: unknown,
  isFit: (entry: unknown) => entry is Value,
): Record<string, Value> | undefined {
  const fit = Object.entries(objectOf(value) ?? {})
    .filter((entry): entry is [string, Value] => textOf(entry[0]) !== undefined && isFit(entry[1]))
    .slice(0, ENTRIES_MAX)
  return fit.length === 0 ? undefined : Object.fromEntries(fit)
}

/** What is not known has no field at all, so that facts without a field are no facts. */
function withoutMissing<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
