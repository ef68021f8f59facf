import { readProcessSettings } from '../config/environment.ts'
import type { SettingsReading } from '../config/read-settings.ts'
import { formatFaults } from '../config/setting-fault.ts'
import { fail } from './print.ts'

/** Reads the settings; ends the command with all faults at once when they are not valid. */
export function loadSettings(): SettingsReading {
  const result = readProcessSettings()
  if (!result.ok) fail(formatFaults(result.faults))
  for (const warning of result.reading.warnings) process.stderr.write(`warning: ${warning.message}\n`)
  return result.reading
}
