import type { Meter } from './config.ts'

/**
 * Under which names clients see a meter. One that is displayed in another unit carries its unit in the name, so that
 * nobody takes minutes for seconds: caps and remainders of `tts` are `tts_minutes`, what was used is `tts_seconds`.
 */
export function shownNames({ id, unit, display }: Meter): { counted: string; shown: string } {
  return display === null ? { counted: id, shown: id } : { counted: `${id}_${unit}`, shown: `${id}_${display.unit}` }
}
