import { describe, expect, it } from 'vitest'
import { describeSettings, formatSettingRows } from './describe.ts'
import type { Environment } from './given-setting.ts'
import { readSettings } from './read-settings.ts'
import { settingEntries } from './schema.ts'

function rowsOf(env: Environment) {
  const result = readSettings(env, () => '')
  if (!result.ok) throw new Error('the environment of this test is valid')
  return describeSettings(result.reading)
}

describe('describeSettings', () => {
  const secrets = {
    DATABASE_URL: 'postgresql://purser:hidden-word@db.example.com/purser',
    PURSER_ADMIN_SECRET: 'hidden-word-000000000000,hidden-word-0000',
    PURSER_PORT: '9090',
  }

  it('shows every setting once with its value and origin', () => {
    const rows = rowsOf(secrets)
    expect(rows.map((row) => row.name)).toEqual(settingEntries.map(([, definition]) => definition.name))
    expect(rows).toContainEqual({ name: 'PURSER_PORT', value: '9090', origin: 'environment' })
    expect(rows).toContainEqual({ name: 'PURSER_HOST', value: '127.0.0.1', origin: 'default' })
    expect(rows).toContainEqual({ name: 'PURSER_PUBLIC_URL', value: 'not set', origin: 'default' })
  })

  it('shows of secrets only that they are set and how long they are', () => {
    const rows = rowsOf(secrets)
    expect(rows).toContainEqual({ name: 'DATABASE_URL', value: 'set (53 characters)', origin: 'environment' })
    expect(rows).toContainEqual({
      name: 'PURSER_ADMIN_SECRET',
      value: '2 set (24, 16 characters)',
      origin: 'environment',
    })
    expect(JSON.stringify(rows)).not.toContain('hidden-word')
  })

  it('lays the rows out in columns without spaces at line ends', () => {
    const lines = formatSettingRows(rowsOf({})).split('\n')
    const column = lines[0]?.indexOf('FROM') ?? -1
    expect(lines).toHaveLength(settingEntries.length + 1)
    expect(lines.slice(1).every((line) => line.slice(column) === 'default')).toBe(true)
  })
})
