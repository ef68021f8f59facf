import { RESERVED_ATTRIBUTES, WRITE_ONCE_ATTRIBUTES } from './attribute-names.ts'

export type Attribute = { value: string | null; updatedAt: number }
export type Attributes = ReadonlyMap<string, Attribute>

/** One wish of the client: set a value, or delete it with null or an empty string. */
export type AttributeInput = { key: string; value: unknown; updatedAt: number | null }

export type AttributeFault = { keyName: string; message: string }

export const CUSTOM_ATTRIBUTES_MAX = 50
const KEY_MAX_LENGTH = 40
const VALUE_MAX_LENGTH = 500
const CUSTOM_KEY = /^[A-Za-z][A-Za-z0-9_-]*$/
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/
const CONSENT = new Set(['restricted', 'denied', 'authorized', 'unknown'])
/** How far a device clock may run ahead. A stamp further off would block every later change of that key. */
const CLOCK_AHEAD_MAX_MS = 60 * 60 * 1000

/**
 * Decides which attributes change. Good keys are kept although others are bad, as REST API v1 promises.
 * A wish that is not newer than what is stored is ignored without a fault; so is a second value of a write-once key.
 */
export function decideAttributes(
  stored: Attributes,
  inputs: readonly AttributeInput[],
  now: number,
): { changes: Map<string, Attribute>; faults: AttributeFault[] } {
  const changes = new Map<string, Attribute>()
  const faults: AttributeFault[] = []
  let customCount = [...stored].filter(([key, { value }]) => isCustom(key) && value !== null).length
  for (const input of inputs) {
    const fault = faultOf(input)
    if (fault !== null) {
      faults.push({ keyName: input.key, message: fault })
      continue
    }
    const next: Attribute = {
      value: input.value === null || input.value === '' ? null : String(input.value),
      updatedAt: Math.max(0, Math.min(input.updatedAt ?? now, now + CLOCK_AHEAD_MAX_MS)),
    }
    const current = changes.get(input.key) ?? stored.get(input.key)
    if (isStale(input.key, current, next)) continue
    const added = isCustom(input.key) ? Number(next.value !== null) - Number((current?.value ?? null) !== null) : 0
    if (customCount + added > CUSTOM_ATTRIBUTES_MAX && added > 0) {
      faults.push({ keyName: input.key, message: `A customer has at most ${CUSTOM_ATTRIBUTES_MAX} custom attributes.` })
      continue
    }
    customCount += added
    changes.set(input.key, next)
  }
  return { changes, faults }
}

/** Joins the attributes of two customers that become one: per key the newer value stays. */
export function mergeAttributes(kept: Attributes, absorbed: Attributes): Map<string, Attribute> {
  const changes = new Map<string, Attribute>()
  for (const [key, attribute] of absorbed) {
    const current = kept.get(key)
    if (current === undefined || current.updatedAt < attribute.updatedAt) changes.set(key, attribute)
  }
  return changes
}

function isCustom(key: string): boolean {
  return !key.startsWith('$')
}

function isStale(key: string, current: Attribute | undefined, next: Attribute): boolean {
  if (current === undefined) return next.value === null
  if (WRITE_ONCE_ATTRIBUTES.has(key) && current.value !== null) return true
  return next.updatedAt <= current.updatedAt
}

function faultOf({ key, value }: AttributeInput): string | null {
  if (key.length > KEY_MAX_LENGTH || !(isCustom(key) ? CUSTOM_KEY.test(key) : RESERVED_ATTRIBUTES.has(key))) {
    return 'Key name format is not valid.'
  }
  if (value === null || value === '') return null
  if (typeof value !== 'string') return 'Value is not a string.'
  if ([...value].length > VALUE_MAX_LENGTH) return 'Value is too long.'
  if (key === '$email' && !EMAIL.test(value)) return 'Value is not a valid email address.'
  if (key === '$attConsentStatus' && !CONSENT.has(value)) {
    return `Value is not one of ${[...CONSENT].join(', ')}.`
  }
  return null
}
