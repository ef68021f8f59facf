/** Names longer than this are not compared: the distance costs the product of both lengths. */
const MAX_COMPARED_LENGTH = 80

/**
 * The known name an operator most probably meant, or `undefined` when nothing is near. The prefix `PURSER_` does not
 * count, so that `PURSER_DATABASE_URL` finds `DATABASE_URL`.
 */
export function suggestName(unknown: string, known: readonly string[]): string | undefined {
  const wanted = withoutPrefix(unknown)
  if (wanted.length > MAX_COMPARED_LENGTH) return undefined
  let best: string | undefined
  // A third of the letters wrong is still a slip; more is another word.
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(wanted, withoutPrefix(name))
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}

function withoutPrefix(name: string): string {
  return name.toUpperCase().replace(/^PURSER_/, '')
}

/** Fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let distance = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) distance = Math.min(distance, at(beforePrevious, column - 2) + 1)
      current.push(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
