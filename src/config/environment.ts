import { readFileSync } from 'node:fs'
import { readSettings, type SettingsResult } from './read-settings.ts'

/** Reads the settings of this process: the only place where the real environment is looked at. */
export function readProcessSettings(): SettingsResult {
  return readSettings(process.env, (path) => readFileSync(path, 'utf8'))
}
