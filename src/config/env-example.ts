import { settingEntries } from './schema.ts'
import type { SettingDefinition } from './setting-definition.ts'
import { acceptsFile, fileNameOf, settingGroups } from './setting-definition.ts'
import { defaultText, shapeOf } from './setting-shape.ts'
import { wrapWords } from './wrap-words.ts'

/** Width of comment lines. */
const LINE_WIDTH = 118

/**
 * The content of `.env.example`: every setting, commented out, with its default. Settings without a default have no
 * value, so that the file holds no secret that works.
 */
export function settingsToEnvExample(): string {
  const sections = Object.entries(settingGroups).map(([group, title]) => {
    const entries = settingEntries.filter(([, definition]) => definition.group === group)
    return [`# ${'-'.repeat(4)} ${title}`, ...entries.map(([, definition]) => exampleOf(definition))].join('\n\n')
  })
  return `${[heading, ...sections].join('\n\n')}\n`
}

const heading = comment(
  'Settings of Purser. Every line is optional: without any, the server runs on this machine with an embedded database. ' +
    'Generated from the settings schema by `npm run docs`; docs/configuration.md says more.',
)

function exampleOf(definition: SettingDefinition): string {
  const file = acceptsFile(definition) ? ` Or give a file: ${fileNameOf(definition)}.` : ''
  const words = `${definition.help} Accepts ${shapeOf(definition)}.${file}`
  return `${comment(words)}\n# ${definition.name}=${defaultText(definition) ?? ''}`
}

function comment(text: string): string {
  return wrapWords(text, LINE_WIDTH)
    .map((line) => `# ${line}`)
    .join('\n')
}
