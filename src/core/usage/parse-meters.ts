import { CREDITS, type Meter } from './config.ts'
import { fieldsOf, listOf, note, noteRepeated, type Place, textOf, wholeNumberOf } from './document-place.ts'
import { shownNames } from './shown-names.ts'

/** Far more than an app shows its users. Each is a row per customer and period. */
const METERS_MAX = 50

/** Clients see meter ids and units as names of JSON fields. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/
const NAME_SHAPE = 'a name of 1 to 40 small letters, digits and underscores that begins with a letter'

/** From seconds to weeks is 604,800. */
const DIVISOR_MAX = 1_000_000

export function parseMeters(list: Place | undefined): Meter[] {
  const read = listOf(list, { min: 0, max: METERS_MAX }).flatMap((place) => {
    const fields = fieldsOf(place, { required: ['id', 'unit'], optional: ['display_unit', 'display_divisor'] })
    if (fields === null) return []
    const id = idOf(fields.id)
    return [
      {
        place: fields.id,
        meter: { id, unit: textOf(fields.unit, NAME, NAME_SHAPE), display: displayOf(place, fields) },
      },
    ]
  })
  noteRepeated(read.map(({ place, meter }) => ({ place, value: meter.id })))
  const meters = read.map(({ meter }) => meter)
  noteClashes(list, meters)
  return meters
}

function idOf(place: Place | undefined): string {
  const id = textOf(place, NAME, NAME_SHAPE)
  if (place === undefined || id !== CREDITS) return id
  note(place, 'must not be "credits", which is always there')
  return ''
}

function displayOf(
  place: Place,
  { display_unit: unit, display_divisor: divisor }: { display_unit?: Place; display_divisor?: Place },
): Meter['display'] {
  if (unit === undefined && divisor === undefined) return null
  if (unit === undefined || divisor === undefined) {
    note(place, 'must have both display_unit and display_divisor, or none of them')
  }
  return { unit: textOf(unit, NAME, NAME_SHAPE), divisor: wholeNumberOf(divisor, { min: 2, max: DIVISOR_MAX }) }
}

/** `tts` shown in minutes and another meter `tts_minutes` would be the same field of an answer. */
function noteClashes(list: Place | undefined, meters: readonly Meter[]): void {
  const ids = new Set(meters.map(({ id }) => id))
  if (list === undefined || ids.size < meters.length || ids.has('')) return
  for (const side of ['counted', 'shown'] as const) {
    const seen = new Set<string>()
    for (const meter of meters) {
      const name = shownNames(meter)[side]
      if (seen.has(name)) note(list, `would show two meters under the name ${JSON.stringify(name)}`)
      seen.add(name)
    }
  }
}
