/** Something wrong in a document: where, as a JSON pointer (RFC 6901), and what, in words that follow it. */
export type DocumentFault = { pointer: string; problem: string }

/** A value in a document that nobody has checked yet. Readers note faults and answer a harmless value instead. */
export type Place = { value: unknown; pointer: string; faults: DocumentFault[] }

/** Faults noted of one document: enough to mend it, and a bound for documents that are wrong everywhere. */
export const FAULTS_MAX = 100

/** The longest name that is repeated in a fault. */
const SHOWN_MAX_LENGTH = 60

export function note(place: Pick<Place, 'pointer' | 'faults'>, problem: string): void {
  if (place.faults.length < FAULTS_MAX) place.faults.push({ pointer: place.pointer, problem })
}

/** The fields of an object; null when it is none. Fields that are required and missing, or unknown, are faults. */
export function fieldsOf<Name extends string>(
  place: Place,
  fields: { required: readonly Name[]; optional?: readonly Name[] },
): { [Field in Name]?: Place } | null {
  const entries = entriesOf(place)
  if (entries === null) return null
  const { required, optional = [] } = fields
  const known: readonly string[] = [...required, ...optional]
  for (const name of required) if (!entries.has(name)) note(place, `must have the field ${JSON.stringify(name)}`)
  for (const [name, entry] of entries) if (!known.includes(name)) note(entry, 'is not a known field')
  return Object.fromEntries([...entries].filter(([name]) => known.includes(name))) as { [Field in Name]?: Place }
}

/** The fields of an object whose names mean something of their own, such as meter ids; null when it is no object. */
export function entriesOf(place: Place): Map<string, Place> | null {
  const { value, pointer, faults } = place
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    note(place, 'must be an object')
    return null
  }
  return new Map(
    Object.entries(value).map(([name, entry]) => [
      name,
      { value: entry, pointer: `${pointer}/${escapeStep(name.slice(0, SHOWN_MAX_LENGTH))}`, faults },
    ]),
  )
}

/** The entries of a list; none when it is no list, or too long. */
export function listOf(place: Place | undefined, bounds: { min: number; max: number }): Place[] {
  if (place === undefined) return []
  const { value, pointer, faults } = place
  if (!Array.isArray(value) || value.length < bounds.min || value.length > bounds.max) {
    note(place, `must be a list of ${bounds.min} to ${bounds.max} entries`)
    return []
  }
  return value.map((entry: unknown, index) => ({ value: entry, pointer: `${pointer}/${index}`, faults }))
}

export function textOf(place: Place | undefined, pattern: RegExp, shape: string): string {
  if (place === undefined) return ''
  if (typeof place.value === 'string' && pattern.test(place.value)) return place.value
  note(place, `must be ${shape}`)
  return ''
}

export function wholeNumberOf(place: Place | undefined, bounds: { min: number; max: number }): number {
  if (place === undefined) return bounds.min
  const { value } = place
  if (typeof value === 'number' && Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value
  note(place, `must be a whole number from ${bounds.min} to ${bounds.max}`)
  return bounds.min
}

/** One of several values; the first when it is none of them. */
export function choiceOf<Value extends string | number | boolean>(
  place: Place | undefined,
  choices: readonly [Value, ...Value[]],
): Value {
  const found = choices.find((choice) => choice === place?.value)
  if (found !== undefined) return found
  if (place !== undefined) note(place, `must be ${choices.map((choice) => JSON.stringify(choice)).join(' or ')}`)
  return choices[0]
}

/** Notes each value that stands in a list a second time. */
export function noteRepeated(places: ReadonlyArray<{ place: Place | undefined; value: string }>): void {
  const seen = new Set<string>()
  for (const { place, value } of places) {
    if (place === undefined || value === '') continue
    if (seen.has(value)) note(place, `repeats ${JSON.stringify(value)}`)
    seen.add(value)
  }
}

function escapeStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
