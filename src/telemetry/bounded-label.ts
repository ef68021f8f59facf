/** The label under which values beyond the bound are counted. */
export const OTHER_LABEL = 'other'

/**
 * Different values one label may have. Each is a time series that is kept for the life of the process; honest sources
 * (routes, refusal codes, event kinds) have dozens.
 */
const MAX_LABEL_VALUES = 300

/** Makes a function that passes the first `max` different values and turns the rest into `other`. */
export function boundLabel(max: number = MAX_LABEL_VALUES): (value: string) => string {
  const seen = new Set<string>()
  return (value) => {
    if (seen.has(value)) return value
    if (seen.size >= max) return OTHER_LABEL
    seen.add(value)
    return value
  }
}
