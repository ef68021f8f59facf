import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { debianPostgresBin } from '../../scripts/system-tools.mjs'
import { exportToFile } from '../../src/app/transfer.ts'
import { startEmbedded } from '../../src/db/embedded/start.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { statement } from '../../src/db/statement.ts'
import { readTables } from '../../src/db/transfer/catalogue.ts'
import { exportDatabase } from '../../src/db/transfer/export-database.ts'
import { writeExportFile } from '../../src/db/transfer/export-file.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { newDataFolder } from '../support/data-folder.ts'
import { openTestDatabase } from '../support/database.ts'
import { balanceOf, type Demo } from '../support/demo.ts'
import {
  contents,
  contextOf,
  exportFrom,
  fillWorld,
  goodwill,
  importInto,
  linesOf,
  tableNames,
  WRITER,
} from '../support/transfer.ts'
import { openWorld, type World } from '../support/world.ts'

let source: World
let demo: Demo
let folder: string
let file: string
let exported: Record<string, string[]>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-transfer-'))
  file = join(folder, 'whole.export.gz')
  source = await openWorld()
  demo = await fillWorld(source)
  exported = await contents(source.database)
  await exportFrom(source.database, file)
})
afterAll(async () => {
  await source.close()
  await rm(folder, { recursive: true, force: true })
})

let target: World
beforeEach(async () => {
  target = await openWorld()
  return () => target.close()
})

test('every table comes out as it went in, row by row', async () => {
  const report = await importInto(target.database, file)
  expect(await contents(target.database)).toEqual(exported)
  expect(Object.keys(report.tables).sort()).toEqual(await tableNames(source.database))
  expect(report.rows).toBe(Object.values(exported).flat().length)
  expect(report.rows).toBeGreaterThan(1_000)
})

test('use cases go on where they were: a replay is known, a balance can be spent', async () => {
  await importInto(target.database, file)
  expect(await adjustBalance(target.ctx, goodwill(demo, 'anna', 25, 'zd-1'))).toMatchObject({
    ok: true,
    value: { replayed: true },
  })
  expect(await adjustBalance(target.ctx, goodwill(demo, 'anna', -525, null))).toMatchObject({
    ok: true,
    value: { adjusted: { balance: 500 } },
  })
})

test('an export shows one moment: what is written meanwhile is in none of its tables', async () => {
  const world = await openWorld()
  try {
    const people = await fillWorld(world)
    const before = await contents(world.database)
    const path = join(folder, 'moment.gz')
    async function* writingMeanwhile(text: AsyncIterable<string>) {
      let isFirst = true
      for await (const chunk of text) {
        if (isFirst) await adjustBalance(world.ctx, goodwill(people, 'anna', 1, 'meanwhile'))
        isFirst = false
        yield chunk
      }
    }
    await exportDatabase(
      world.database,
      { clock: world.clock, purser: WRITER, onProgress: () => undefined },
      async (text) => {
        await writeExportFile(path, writingMeanwhile(text), { force: false })
      },
    )
    expect(await balanceOf(world.ctx, people.projectId, 'anna')).toBe(1_026)
    await importInto(target.database, path)
    expect(await contents(target.database)).toEqual(before)
  } finally {
    await world.close()
  }
})

describe('the list of tables', () => {
  test('holds every table that the migrations make, each after those that it refers to', async () => {
    const ordered = await readTables(target.database.query)
    expect(ordered.map(({ name }) => name).sort()).toEqual(await tableNames(target.database))
    for (const [at, table] of ordered.entries()) {
      const earlier = ordered.slice(0, at).map(({ name }) => name)
      expect(earlier).toEqual(expect.arrayContaining(table.references))
    }
    expect(ordered.flatMap(({ references }) => references)).toContain('customers')
  })

  test('is all there is: no migration made anything whose state an export of rows would leave out', async () => {
    const others = await target.database.query(
      statement(
        'test.other_state',
        `select c.relname as name from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind not in ('r', 'i', 'v', 'c')
         union all
         select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and (a.attgenerated <> '' or a.attidentity <> '')`,
      ),
      [],
    )
    expect(others).toEqual([])
  })
})

describe('the file', () => {
  test('is readable by its owner alone, and nothing else is left beside it', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('is not replaced unless that is asked for', async () => {
    const path = join(folder, 'taken.gz')
    await writeFile(path, 'precious')
    await expect(exportFrom(source.database, path)).rejects.toMatchObject({ fault: 'target-exists' })
    expect(await readFile(path, 'utf8')).toBe('precious')
    await exportFrom(source.database, path, true)
    await importInto(target.database, path)
    expect(await contents(target.database)).toEqual(exported)
  })

  test('is not made of a database without a project, which is most likely the wrong one', async () => {
    const path = join(folder, 'empty.gz')
    await expect(exportFrom(target.database, path)).rejects.toMatchObject({ fault: 'nothing-to-export' })
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('does not appear when the export is stopped half way, and the database can still be used', async () => {
    const path = join(folder, 'stopped.gz')
    const abort = new AbortController()
    const stopped = exportToFile(contextOf(source.database), {
      file: path,
      force: false,
      version: WRITER,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect((await readdir(folder)).filter((name) => name.includes('stopped'))).toEqual([])
    expect(await contents(source.database)).toEqual(exported)
  })
})

describe('a move between the oldest and the newest server', () => {
  const here = process.env.PURSER_TEST_ENGINE
  const binDir = here === 'embedded' ? debianPostgresBin() : undefined
  const hasOther = here === 'debian' || binDir !== undefined

  test.skipIf(!hasOther)('changes nothing, there and back; skipped only because no other server is here', async () => {
    const data = await newDataFolder()
    const server = await startEmbedded({ dataDir: data.path, ...(binDir && { binDir }), log: () => undefined })
    const other = openTestDatabase(server.connection, server.connection.database)
    try {
      const [header = ''] = await linesOf(file)
      expect(Number.parseInt(server.version, 10)).not.toBe(Number.parseInt(JSON.parse(header).postgres, 10))
      await migrate(other, await readMigrations())
      await importInto(other, file)
      expect(await contents(other)).toEqual(exported)
      await exportFrom(other, join(folder, 'back.gz'))
      await importInto(target.database, join(folder, 'back.gz'))
      expect(await contents(target.database)).toEqual(exported)
    } finally {
      await other.close()
      await server.stop()
      await data.remove()
    }
  })
})
