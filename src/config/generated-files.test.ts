import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { settingsToEnvExample } from './env-example.ts'
import { settingsToMarkdown } from './markdown.ts'
import { readSettings } from './read-settings.ts'
import { settingEntries } from './schema.ts'

const committed = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('generated files', () => {
  it.each([
    ['.env.example', settingsToEnvExample],
    ['docs/configuration.md', settingsToMarkdown],
  ])('%s says what the schema says', (path, generate) => {
    expect(committed(path), `${path} is out of date; regenerate it with: npm run docs`).toBe(generate())
  })

  it('.env.example changes nothing when every line is used, and so holds no secret', () => {
    const lines = settingsToEnvExample().split('\n')
    expect(lines.filter((line) => line !== '' && !line.startsWith('# '))).toEqual([])
    const assignments = lines.flatMap((line) => [...line.matchAll(/^# ([A-Z0-9_]+)=(.*)$/g)])
    const env = Object.fromEntries(assignments.map(([, name, value]) => [name, value]))
    expect(Object.keys(env)).toEqual(settingEntries.map(([, definition]) => definition.name))
    const used = readSettings(env, () => '')
    const unused = readSettings({}, () => '')
    expect(used.ok && used.reading.settings).toEqual(unused.ok && unused.reading.settings)
    expect(used.ok && used.reading.settings.adminSecrets).toEqual([])
  })

  it('docs/configuration.md has one row for each setting, with the name of its file variant', () => {
    const text = settingsToMarkdown()
    for (const [, definition] of settingEntries) expect(text.split(`| \`${definition.name}\``)).toHaveLength(2)
    expect(text).toContain('`PURSER_ADMIN_SECRET_FILE`')
  })
})
