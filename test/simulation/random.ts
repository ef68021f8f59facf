/** The one source of choices of a seed. The same seed makes the same choices, on every machine. */
export type Random = {
  /** At least 0, below 1. */
  next(): number
  /** A whole number, at least `min` and at most `max`. */
  between(min: number, max: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** Picks by weight: `{ often: 9, seldom: 1 }`. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
  /** A generator of its own, so that more choices in one place change none in another. */
  fork(name: string): Random
}

const TWO_TO_32 = 2 ** 32

/** Mulberry32: small, quick, and good enough to choose what to try. */
export function seededRandom(seed: number, name = ''): Random {
  let state = [...`${seed} ${name}`].reduce((hash, character) => {
    return Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }, 0x811c9dc5)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32
  }
  const between = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: <Item>(items: readonly Item[]) => items[between(0, items.length - 1)] as Item,
    weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
      const entries = Object.entries(weights) as Array<[Name, number]>
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [choice, weight] of entries) {
        left -= weight
        if (left < 0) return choice
      }
      return (entries.at(-1) as [Name, number])[0]
    },
    fork: (child) => seededRandom(seed, `${name}/${child}`),
  }
}
