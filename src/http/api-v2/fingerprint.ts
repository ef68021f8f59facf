/**
 * A request in one fixed form, in which the order of names does not matter: two requests with the same fingerprint ask
 * for the same thing.
 */
export function fingerprintOf(method: string, path: readonly string[], query: unknown, body: unknown): string {
  return JSON.stringify([method, path, sorted(query), sorted(body)])
}

/** Recursion is safe: bodies have a bounded depth. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  // In an object again, or an object would look like a list of pairs.
  return { entries: entries.map(([name, entry]) => [name, sorted(entry)]) }
}
