import { hash } from 'node:crypto'
import type { Store } from '../../../core/projects/project.ts'
import type { Purchase } from '../../../core/purchases/purchase.ts'
import { type CustomerFacts, customerToWire } from './customer-to-wire.ts'
import { dateToWire } from './values.ts'

/** A customer info answer, ready to be sent, and the tag of all that it says beside the time of the call. */
export type CustomerText = { body: string; tag: string }

/** Hexadecimal digits of a tag, as RevenueCat's have. REST API v1, ETag protocol. */
const TAG_DIGITS = 16

/** The subscriber around its `last_seen`, and until when it reads like this if nobody changes anything. */
type Written = {
  facts: CustomerFacts
  endsAt: number
  before: string
  after: string
  tags: { lastSeen: string; tag: string }[]
}

/** What was written of a customer's purchases, for each kind of caller; gone when the purchases are. */
const written = new WeakMap<readonly Purchase[], Map<Store | null, Written>>()

/**
 * Writes `customerToWire` as text. What was written before is used again as long as every fact is the same, so a customer
 * who has not changed costs no more than putting three texts together. `isVisit` says that the call itself counts as a
 * visit: `last_seen` is then the time of the call and, like `request_date`, no part of the tag.
 */
export function customerText(facts: CustomerFacts, isVisit: boolean): CustomerText {
  const { now, customer } = facts
  const text = writtenBefore(facts) ?? write(facts)
  const lastSeen = dateToWire(customer.lastSeenAt)
  const subscriber = text.before + lastSeen + text.after
  return {
    body: `{"request_date":"${dateToWire(now)}","request_date_ms":${now},"subscriber":${subscriber}}`,
    tag: tagOfWritten(text, isVisit ? '' : lastSeen),
  }
}

/** The tag of any text: the same for the same text in every process. */
export function tagOf(text: string): string {
  return hash('sha256', text).slice(0, TAG_DIGITS)
}

function writtenBefore(facts: CustomerFacts): Written | null {
  const text = written.get(facts.purchases)?.get(facts.callerStore)
  return text !== undefined && isSame(text, facts) ? text : null
}

function write(facts: CustomerFacts): Written {
  const { entitlements, first_seen, last_seen: _, ...others } = customerToWire(facts).subscriber
  const text: Written = {
    facts,
    endsAt: nextInstant(facts),
    before: `${JSON.stringify({ entitlements, first_seen }).slice(0, -1)},"last_seen":"`,
    after: `",${JSON.stringify(others).slice(1)}`,
    tags: [],
  }
  // Attributes are read anew for every server that asks, so nothing with them would be found again.
  if (facts.attributes === null) {
    const texts = written.get(facts.purchases) ?? new Map<Store | null, Written>()
    written.set(facts.purchases, texts.set(facts.callerStore, text))
  }
  return text
}

/** The latest tag of a visit and of a mere look: one of each is asked for again and again. */
function tagOfWritten(text: Written, lastSeen: string): string {
  const known = text.tags.find((one) => one.lastSeen === lastSeen)
  if (known !== undefined) return known.tag
  const tag = tagOf(text.before + lastSeen + text.after)
  const isVisit = lastSeen === ''
  text.tags = [...text.tags.filter((one) => (one.lastSeen === '') !== isVisit), { lastSeen, tag }]
  return tag
}

/** Whether a text says of these facts what it says of its own. Facts that are objects are compared as such. */
function isSame({ facts: before, endsAt }: Written, facts: CustomerFacts): boolean {
  if (facts.now < before.now || facts.now >= endsAt) return false
  for (const fact of Object.keys(facts) as (keyof CustomerFacts)[]) {
    if (fact !== 'now' && fact !== 'customer' && facts[fact] !== before[fact]) return false
  }
  const { customer } = facts
  for (const fact of Object.keys(customer) as (keyof typeof customer)[]) {
    const isShown = fact !== 'lastSeenAt' && fact !== 'revision'
    if (isShown && customer[fact] !== before.customer[fact]) return false
  }
  return true
}

/** The first instant ahead that the facts name: until then the passing of time changes nothing. */
function nextInstant(facts: CustomerFacts): number {
  let next = Number.POSITIVE_INFINITY
  const look = (value: object): void => {
    for (const [fact, inner] of Object.entries(value)) {
      if (typeof inner === 'object' && inner !== null) look(inner)
      else if (typeof inner === 'number' && /(^a|A)t$/.test(fact) && inner > facts.now && inner < next) next = inner
    }
  }
  for (const list of Object.values(facts)) if (Array.isArray(list)) look(list)
  return next
}
