import { brokenRules } from './broken-rules.ts'
import type { Environment, ReadTextFile } from './given-setting.ts'
import { findGiven } from './given-setting.ts'
import { parseSetting } from './parse-setting.ts'
import type { SettingKey, Settings } from './schema.ts'
import { settingEntries, settingRules } from './schema.ts'
import type { AnySettingValue } from './setting-definition.ts'
import type { SettingFault } from './setting-fault.ts'
import { fixOf, shapeOf } from './setting-shape.ts'
import type { SettingWarning } from './unknown-settings.ts'
import { unknownSettings } from './unknown-settings.ts'

/** Where a value came from. `generated` values are made by the server itself on a first start. */
export type SettingOrigin = 'default' | 'environment' | 'file' | 'generated'

/** Valid settings and where each came from. */
export type SettingsReading = {
  readonly settings: Settings
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>
  readonly warnings: readonly SettingWarning[]
}

/** The outcome of reading: everything, or every fault at once, so that one restart repairs all. */
export type SettingsResult =
  | { readonly ok: true; readonly reading: SettingsReading }
  | { readonly ok: false; readonly faults: readonly SettingFault[]; readonly warnings: readonly SettingWarning[] }

/**
 * Reads all settings from environment variables and from the files they name. Pure: the environment and the file
 * reader are given, and an unreadable file is a fault like any other.
 */
export function readSettings(env: Environment, readFile: ReadTextFile): SettingsResult {
  const values: Partial<Record<SettingKey, AnySettingValue>> = {}
  const origins: Partial<Record<SettingKey, SettingOrigin>> = {}
  const faults: SettingFault[] = []
  const given = new Set<string>()
  const numbers = new Map<string, number>()

  for (const [key, definition] of settingEntries) {
    const found = findGiven(definition, env, readFile)
    if (found.kind !== 'absent') given.add(definition.name)
    if (found.kind === 'unusable') {
      faults.push({ name: found.name, problem: found.problem, expected: shapeOf(definition), fix: found.fix })
      continue
    }
    const parsed =
      found.kind === 'given' ? parseSetting(definition, found.text) : { ok: true as const, value: definition.default }
    if (!parsed.ok) {
      faults.push({
        name: definition.name,
        problem: parsed.problem,
        expected: shapeOf(definition),
        fix: fixOf(definition),
      })
      continue
    }
    values[key] = parsed.value
    origins[key] = found.kind === 'given' ? found.origin : 'default'
    if (typeof parsed.value === 'number') numbers.set(definition.name, parsed.value)
  }

  faults.push(...brokenRules(settingRules, { given, numbers }))
  const warnings = unknownSettings(Object.keys(env))
  if (faults.length > 0) return { ok: false, faults, warnings }
  // The loop above has filled every key with a value of its definition's type, or added a fault.
  const settings = Object.freeze(values) as Settings
  return { ok: true, reading: { settings, origins: Object.freeze(origins) as SettingsReading['origins'], warnings } }
}

/**
 * Adds values that the server generated for itself. What an operator gave wins: only settings still at their default
 * are replaced.
 */
export function withGenerated(reading: SettingsReading, generated: Partial<Settings>): SettingsReading {
  const open = (Object.keys(generated) as SettingKey[]).filter((key) => reading.origins[key] === 'default')
  const values = Object.fromEntries(open.map((key) => [key, generated[key]])) as Partial<Settings>
  const origins = Object.fromEntries(open.map((key) => [key, 'generated' as const]))
  return {
    ...reading,
    settings: Object.freeze({ ...reading.settings, ...values }),
    origins: Object.freeze({ ...reading.origins, ...origins }),
  }
}
