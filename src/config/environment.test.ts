import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { readProcessSettings } from './environment.ts'

const folder = mkdtempSync(join(tmpdir(), 'purser-settings-'))

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

it('reads the environment of the process and the files it names', () => {
  writeFileSync(join(folder, 'admin'), 'a-secret-of-a-test\n')
  vi.stubEnv('PURSER_ADMIN_SECRET_FILE', join(folder, 'admin'))
  vi.stubEnv('PURSER_PORT', '8099')
  const result = readProcessSettings()
  expect(result.ok && [result.reading.settings.port, result.reading.settings.adminSecrets]).toEqual([
    8099,
    ['a-secret-of-a-test'],
  ])
})

it('reports a missing file with its reason', () => {
  vi.stubEnv('PURSER_ADMIN_SECRET_FILE', join(folder, 'missing'))
  const result = readProcessSettings()
  expect(result.ok ? [] : result.faults.map((fault) => fault.problem)).toEqual(['the file cannot be read (ENOENT)'])
})
