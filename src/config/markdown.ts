import { settingEntries, settingRules } from './schema.ts'
import type { SettingDefinition } from './setting-definition.ts'
import { acceptsFile, fileNameOf, settingGroups } from './setting-definition.ts'
import { ruleToSentence } from './setting-rule.ts'
import { defaultText, shapeOf } from './setting-shape.ts'

/** The content of `docs/configuration.md`. */
export function settingsToMarkdown(): string {
  const sections = Object.entries(settingGroups).map(([group, title]) => {
    const entries = settingEntries.filter(([, definition]) => definition.group === group)
    const rows = entries.map(([, definition]) => rowOf(definition))
    return [`## ${title}`, '', '| Setting | Default | Accepts | Meaning |', '|---|---|---|---|', ...rows].join('\n')
  })
  return `${[introduction, ...sections, rules()].join('\n\n')}\n`
}

const introduction = `# Configuration

<!-- Generated from the settings schema by \`npm run docs\`. Change src/config/schema.ts, not this file. -->

Purser is configured by environment variables only. Every one is optional. \`.env.example\` lists them all, ready to
copy.

- **All faults at once.** When a value is wrong the server does not start; it names every fault with the expected shape
  and the repair. The value of a secret is never printed.
- **Secrets from files.** Where a row names a second variable ending in \`_FILE\`, the value can be read from a file, such
  as a mounted secret. Spaces and line breaks around it do not count. Giving both variables is a fault.
- **Slips are noticed.** An unknown variable that begins with \`PURSER_\` is warned about, with a guess at the intended
  name. It has no effect.
- **Blank means absent.** A variable without a value counts as not given.
- **See what applies.** \`purser config\` shows every effective value and its origin: default, environment, file or
  generated. Secrets appear by length only.`

function rowOf(definition: SettingDefinition): string {
  const file = acceptsFile(definition) ? `<br>\`${fileNameOf(definition)}\`` : ''
  const fallback = defaultText(definition)
  const cells = [
    `\`${definition.name}\`${file}`,
    fallback === undefined ? 'none' : `\`${fallback}\``,
    shapeOf(definition),
    definition.help,
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function rules(): string {
  const lines = settingRules.map((rule) => `- ${ruleToSentence(rule).slice(0, -1)}: ${rule.why}.`)
  return ['## Rules between settings', '', ...lines].join('\n')
}
