import type { AttributeFault, AttributeInput } from '../../../core/customers/attributes.ts'

/** What is known of the device from the request itself. */
export type DeviceFacts = { ip: string; deviceVersion: string | null }

/** What an SDK sends in place of a value that only the server can see. */
const FILL_IN = 'true'

/**
 * Reads the `attributes` of a request: an object of `{value, updated_at_ms}`; null when it is no object. An entry that
 * is none becomes a fault of its key, since the others must be saved all the same. A stamp that is no time counts as
 * absent. RevenueCat REST API v1, attributes.
 */
export function attributesFromWire(
  attributes: unknown,
  device: DeviceFacts,
): { inputs: AttributeInput[]; faults: AttributeFault[] } | null {
  if (!isObject(attributes)) return null
  const inputs: AttributeInput[] = []
  const faults: AttributeFault[] = []
  for (const [key, entry] of Object.entries(attributes)) {
    if (!isObject(entry) || !Object.hasOwn(entry, 'value')) {
      faults.push({ keyName: key, message: 'An attribute is an object with a value.' })
      continue
    }
    const value = filledIn(key, entry.value, device)
    if (value !== undefined) inputs.push({ key, value, updatedAt: timeOrNull(entry.updated_at_ms) })
  }
  return { inputs, faults }
}

/** The faults as `attribute_errors` has them. */
export function attributeErrors(faults: readonly AttributeFault[]): { attribute_errors: object[] } {
  return { attribute_errors: faults.map(({ keyName, message }) => ({ key_name: keyName, message })) }
}

/** Undefined when the device cannot be seen, which is then no value at all. */
function filledIn(key: string, value: unknown, device: DeviceFacts): unknown {
  if (value !== FILL_IN) return value
  if (key === '$ip') return device.ip
  if (key === '$deviceVersion') return device.deviceVersion ?? undefined
  return value
}

function timeOrNull(stamp: unknown): number | null {
  return typeof stamp === 'number' && stamp > 0 ? Math.floor(stamp) : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
