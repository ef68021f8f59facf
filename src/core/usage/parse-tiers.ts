import { CAP_MAX, CREDITS, type Tier } from './config.ts'
import {
  choiceOf,
  entriesOf,
  fieldsOf,
  listOf,
  note,
  noteRepeated,
  type Place,
  textOf,
  wholeNumberOf,
} from './document-place.ts'
import type { SoldThings } from './sold-things.ts'

const TIERS_MAX = 50

/** Products or entitlements that lead to one tier: every plan in every store. */
const KEYS_MAX = 200

const ID = /^[a-z0-9][a-z0-9_.-]{0,59}$/
const KEY = /^[^\p{Cc}]{1,256}$/u

/** What a tier may name. */
type Known = { meterIds: readonly string[]; hasAllowance: boolean; sold: SoldThings | null }

export function parseTiers(list: Place | undefined, known: Known): Tier[] {
  const read = listOf(list, { min: 1, max: TIERS_MAX }).flatMap((place) => {
    const fields = fieldsOf(place, { required: ['id', 'caps'], optional: ['default', 'products', 'entitlements'] })
    if (fields === null) return []
    const isDefault = fields.default !== undefined && choiceOf(fields.default, [true, false])
    const tier: Tier = {
      id: textOf(fields.id, ID, 'a name of 1 to 60 small letters, digits, underscores, dots and dashes'),
      isDefault,
      members: membersOf(place, fields, isDefault, known.sold),
      caps: capsOf(fields.caps, known),
    }
    return [{ place: fields.id, tier }]
  })
  noteRepeated(read.map(({ place, tier }) => ({ place, value: tier.id })))
  const tiers = read.map(({ tier }) => tier)
  if (list !== undefined && tiers.length > 0 && tiers.filter(({ isDefault }) => isDefault).length !== 1) {
    note(list, 'must have exactly one tier with "default": true')
  }
  return tiers
}

/** A tier that is not the default and that nothing leads to would never be anybody's. */
function membersOf(
  place: Place,
  { products, entitlements }: { products?: Place; entitlements?: Place },
  isDefault: boolean,
  sold: SoldThings | null,
): Tier['members'] {
  if (products !== undefined && entitlements !== undefined) note(place, 'must have products or entitlements, not both')
  const by = entitlements === undefined ? ('products' as const) : ('entitlements' as const)
  const list = entitlements ?? products
  if (list === undefined) {
    if (!isDefault) note(place, 'must have products or entitlements, or be the default')
    return { by, keys: [] }
  }
  const keys = listOf(list, { min: isDefault ? 0 : 1, max: KEYS_MAX }).map((entry) => ({
    place: entry,
    value: textOf(entry, KEY, 'a text of 1 to 256 characters'),
  }))
  noteRepeated(keys)
  for (const { place: entry, value } of keys) {
    if (value === '' || sold === null || sold[by].has(value)) continue
    const wanted =
      by === 'products' ? 'a product of the project, by its store id' : 'an entitlement that a product gives'
    note(entry, `must be ${wanted}; there is no ${JSON.stringify(value)}`)
  }
  return { by, keys: keys.map(({ value }) => value) }
}

/** Every meter must have a cap: one that was forgotten would be closed to everybody, or open without end. */
function capsOf(place: Place | undefined, { meterIds, hasAllowance }: Known): Map<string, number> {
  const caps = new Map<string, number>()
  const entries = place === undefined ? null : entriesOf(place)
  if (place === undefined || entries === null) return caps
  for (const id of meterIds) if (id !== '' && !entries.has(id)) note(place, `must have a cap for ${JSON.stringify(id)}`)
  for (const [id, entry] of entries) {
    if (id !== CREDITS && !meterIds.includes(id)) note(entry, 'is not a meter')
    else caps.set(id, wholeNumberOf(entry, { min: 0, max: CAP_MAX }))
    if (id === CREDITS && !hasAllowance) note(entry, 'has no effect, since spend_order leaves period_allowance out')
  }
  return caps
}
