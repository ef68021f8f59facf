import { settingEntries } from './schema.ts'
import { acceptsFile, fileNameOf } from './setting-definition.ts'
import { suggestName } from './suggest.ts'

/** A name that looks like a setting of this program but is none. It changes nothing; it is probably a slip. */
export type SettingWarning = { readonly name: string; readonly message: string; readonly guess: string | undefined }

/** Most unknown names that are reported; a real environment has a few. */
const MAX_WARNINGS = 50

const knownNames: readonly string[] = settingEntries.flatMap(([, definition]) =>
  acceptsFile(definition) ? [definition.name, fileNameOf(definition)] : [definition.name],
)

/** Warns about every `PURSER_*` name that is no setting, with a guess at the intended one. Values are not looked at. */
export function unknownSettings(names: readonly string[]): SettingWarning[] {
  return names
    .filter((name) => /^PURSER_/i.test(name) && !knownNames.includes(name))
    .sort()
    .slice(0, MAX_WARNINGS)
    .map((name) => {
      // `<name>_FILE` of a setting that takes no file is far from the name by letters, yet clear.
      const withoutFile = name.replace(/_FILE$/i, '')
      const guess = knownNames.includes(withoutFile) ? withoutFile : suggestName(name, knownNames)
      const hint = guess === undefined ? '' : ` Did you mean ${guess}?`
      return { name, guess, message: `${name} is not a setting and has no effect.${hint}` }
    })
}
