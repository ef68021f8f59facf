import { type Action, CREDITS } from './config.ts'
import { entriesOf, fieldsOf, listOf, note, noteRepeated, type Place, textOf, wholeNumberOf } from './document-place.ts'

const ACTIONS_MAX = 500

/** Largest cost of doing something once, in credits or in the smallest unit of a meter. */
const COST_MAX = 1_000_000

const ID = /^[a-z0-9][a-z0-9_.-]{0,59}$/

export function parseActions(list: Place | undefined, meterIds: readonly string[]): Action[] {
  const read = listOf(list, { min: 0, max: ACTIONS_MAX }).flatMap((place) => {
    const fields = fieldsOf(place, { required: ['id'], optional: ['cost', 'meters'] })
    if (fields === null) return []
    const cost = fields.cost && fieldsOf(fields.cost, { required: [CREDITS] })
    const credits = cost?.credits === undefined ? 0 : wholeNumberOf(cost.credits, { min: 1, max: COST_MAX })
    const meters = metersOf(fields.meters, meterIds)
    if (fields.cost === undefined && fields.meters === undefined) note(place, 'must have cost or meters, or both')
    const id = textOf(fields.id, ID, 'a name of 1 to 60 small letters, digits, underscores, dots and dashes')
    return [{ place: fields.id, action: { id, cost: { credits, meters } } }]
  })
  noteRepeated(read.map(({ place, action }) => ({ place, value: action.id })))
  return read.map(({ action }) => action)
}

function metersOf(place: Place | undefined, meterIds: readonly string[]): Map<string, number> {
  const meters = new Map<string, number>()
  const entries = place === undefined ? null : entriesOf(place)
  if (place === undefined || entries === null) return meters
  if (entries.size === 0) note(place, 'must name a meter')
  for (const [id, entry] of entries) {
    if (!meterIds.includes(id)) note(entry, 'is not a meter')
    else meters.set(id, wholeNumberOf(entry, { min: 1, max: COST_MAX }))
  }
  return meters
}
