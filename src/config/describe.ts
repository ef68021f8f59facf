import type { SettingOrigin, SettingsReading } from './read-settings.ts'
import { settingEntries } from './schema.ts'
import type { AnySettingValue, SettingDefinition } from './setting-definition.ts'

/** One effective setting, safe to show: secrets are replaced by their length. */
export type SettingRow = { readonly name: string; readonly value: string; readonly origin: SettingOrigin }

/** The effective settings in the order of their definition, with secrets masked. */
export function describeSettings(reading: SettingsReading): SettingRow[] {
  return settingEntries.map(([key, definition]) => ({
    name: definition.name,
    value: shownValue(definition, reading.settings[key]),
    origin: reading.origins[key],
  }))
}

/** The rows as a table for a terminal. */
export function formatSettingRows(rows: readonly SettingRow[]): string {
  const cells = [['SETTING', 'VALUE', 'FROM'], ...rows.map((row) => [row.name, row.value, row.origin])]
  const widths = [0, 1].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  return cells
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

function shownValue(definition: SettingDefinition, value: AnySettingValue): string {
  if (value === undefined || (typeof value === 'object' && value.length === 0)) return 'not set'
  if (typeof value === 'object') {
    const lengths = value.map((secret) => secret.length).join(', ')
    return value.length === 1 ? `set (${lengths} characters)` : `${value.length} set (${lengths} characters)`
  }
  // A public key is no secret, but a dozen lines tell an operator nothing.
  if (definition.secret || definition.type === 'public-key') return `set (${String(value).length} characters)`
  return String(value)
}
