/** Longest identifier that is read of an event; what is longer is no id of any store, and would not fit an index. */
const TEXT_MAX_LENGTH = 500

/** Names of one customer that are read of an event. More than anybody has, few enough to look each of them up. */
const NAMES_MAX = 100

/** The years that PostgreSQL and ISO texts write with four digits. */
const TIME_MAX = Date.parse('9999-12-31T00:00:00Z')

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text that is neither empty nor longer than the bound; anything else is null. */
export function textField(value: unknown, maxLength = TEXT_MAX_LENGTH): string | null {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : null
}

/** Epoch milliseconds; anything else is null. */
export function timeField(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= TIME_MAX ? value : null
}

export function textList(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value
    .slice(0, NAMES_MAX)
    .map((item) => textField(item))
    .filter((item) => item !== null)
}
