import type { SettingFault } from './setting-fault.ts'
import type { SettingRule } from './setting-rule.ts'
import { listWords, ruleToSentence } from './setting-rule.ts'

/** What the rules look at: the names somebody gave, and the numbers that could be read (defaults included). */
export type RuleFacts = { readonly given: ReadonlySet<string>; readonly numbers: ReadonlyMap<string, number> }

/** One fault for each rule that the settings break. */
export function brokenRules(rules: readonly SettingRule[], facts: RuleFacts): SettingFault[] {
  return rules.flatMap((rule) => {
    const broken = breaks(rule, facts)
    return broken ? [{ ...broken, expected: `${ruleToSentence(rule).slice(0, -1)}: ${rule.why}.` }] : []
  })
}

function breaks(rule: SettingRule, facts: RuleFacts): Pick<SettingFault, 'name' | 'problem' | 'fix'> | undefined {
  switch (rule.kind) {
    case 'only-one-of': {
      const given = rule.names.filter((name) => facts.given.has(name))
      const [first] = given
      if (given.length < 2 || first === undefined) return undefined
      return { name: first, problem: `${listWords(given, 'and')} are given together`, fix: 'Keep one of them.' }
    }
    case 'needs-one-of': {
      if (!facts.given.has(rule.name) || rule.oneOf.some((name) => facts.given.has(name))) return undefined
      return {
        name: rule.name,
        problem: `none of ${listWords(rule.oneOf, 'and')} is given`,
        fix: `Give ${listWords(rule.oneOf, 'or')}, or remove ${rule.name}.`,
      }
    }
    case 'all-or-none': {
      const missing = rule.names.filter((name) => !facts.given.has(name))
      const [first] = missing
      if (first === undefined || missing.length === rule.names.length) return undefined
      const given = rule.names.filter((name) => facts.given.has(name))
      return {
        name: first,
        problem: `${listWords(given, 'and')} ${given.length === 1 ? 'is' : 'are'} given without ${listWords(missing, 'and')}`,
        fix: `Give ${listWords(missing, 'and')}, or remove ${listWords(given, 'and')}.`,
      }
    }
    case 'not-above': {
      const value = facts.numbers.get(rule.name)
      const limit = facts.numbers.get(rule.limit)
      if (!facts.given.has(rule.name) || value === undefined || limit === undefined || value <= limit) return undefined
      return {
        name: rule.name,
        problem: `${value} is greater than ${limit}`,
        fix: `Lower ${rule.name} or raise ${rule.limit}.`,
      }
    }
  }
}
