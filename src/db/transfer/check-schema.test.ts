import { describe, expect, it } from 'vitest'
import { checkMigrations, checkSection } from './check-schema.ts'
import { type AppliedMigration, EXPORT_FORMAT, EXPORT_VERSION, type ExportHeader } from './export-format.ts'

const one: AppliedMigration = { number: 1, name: 'catalog', checksum: 'aa' }
const two: AppliedMigration = { number: 2, name: 'customers', checksum: 'bb' }

function header(...schema: AppliedMigration[]): ExportHeader {
  const exportedAt = '2026-05-04T10:00:00.000Z'
  return { format: EXPORT_FORMAT, version: EXPORT_VERSION, purser: '1.2.3', postgres: '15.8', exportedAt, schema }
}

describe('the migrations of export and database', () => {
  it('may be imported when they are the same', () => {
    expect(() => checkMigrations(header(one, two), [one, two])).not.toThrow()
  })

  it('lead to the version that wrote the export when it is older', () => {
    expect(() => checkMigrations(header(one), [one, two])).toThrow(/older Purser \(1\.2\.3.*with Purser 1\.2\.3, then/)
  })

  it('lead to a newer version when the database is older', () => {
    expect(() => checkMigrations(header(one, two), [one])).toThrow(/newer Purser.*migration 2 \(customers\)/)
  })

  it.each([
    { number: 3, name: 'customers', checksum: 'bb' },
    { number: 2, name: 'clients', checksum: 'bb' },
    { number: 2, name: 'customers', checksum: 'cc' },
  ])('are not the same when one is another: %o', (other) => {
    expect(() => checkMigrations(header(one, other), [one, two])).toThrow(/is not the one of this database/)
  })
})

describe('a table of an export', () => {
  const tables = [{ name: 'apps', columns: ['app_id', 'name'].map((name) => ({ name, type: 'text' })), references: [] }]
  const section = (table: string, ...columns: string[]) => ({ table, columns, rows: 0 })

  it('may have its columns in another order', () => {
    expect(checkSection(section('apps', 'name', 'app_id'), tables)).toBe(tables[0])
  })

  it('is refused when the database has no such table or columns', () => {
    expect(() => checkSection(section('spatial_ref_sys', 'srid'), tables)).toThrow(/spatial_ref_sys/)
    expect(() => checkSection(section('apps', 'name'), tables)).toThrow(/other columns/)
    expect(() => checkSection(section('apps', 'name', 'name'), tables)).toThrow(/other columns/)
  })
})
