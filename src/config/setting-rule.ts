/** A rule between settings. It speaks of environment names, as an operator does. */
export type SettingRule =
  /** At most one of these may be given. */
  | { readonly kind: 'only-one-of'; readonly names: readonly string[]; readonly why: string }
  /** When `name` is given, one of `oneOf` must be given too. */
  | { readonly kind: 'needs-one-of'; readonly name: string; readonly oneOf: readonly string[]; readonly why: string }
  /** Either all of these are given, or none. */
  | { readonly kind: 'all-or-none'; readonly names: readonly string[]; readonly why: string }
  /** When the number `name` is given, it must not be greater than the number `limit`, given or default. */
  | { readonly kind: 'not-above'; readonly name: string; readonly limit: string; readonly why: string }

/** A rule as one sentence without its reason. */
export function ruleToSentence(rule: SettingRule): string {
  switch (rule.kind) {
    case 'only-one-of':
      return `Only one of ${listWords(rule.names, 'and')} may be given.`
    case 'needs-one-of':
      return `${rule.name} needs ${listWords(rule.oneOf, 'or')}.`
    case 'all-or-none':
      return `${listWords(rule.names, 'and')} are given together or not at all.`
    case 'not-above':
      return `${rule.name} must not be greater than ${rule.limit}.`
  }
}

/** Joins words as prose does: `a`, `a or b`, `a, b or c`. */
export function listWords(words: readonly string[], conjunction: 'and' | 'or'): string {
  const last = words.at(-1)
  if (words.length < 2 || last === undefined) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}
