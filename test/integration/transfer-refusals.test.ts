import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { importFromFile } from '../../src/app/transfer.ts'
import type { Database } from '../../src/db/database.ts'
import { toLine } from '../../src/db/transfer/export-format.ts'
import { createDemo } from '../support/demo.ts'
import { contents, contextOf, exportFrom, fillWorld, importInto, linesOf, run, WRITER } from '../support/transfer.ts'
import { openWorld, type World } from '../support/world.ts'

let folder: string
let file: string
let whole: Buffer
let lines: string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-transfer-'))
  file = join(folder, 'whole.export.gz')
  const source = await openWorld()
  await fillWorld(source)
  await exportFrom(source.database, file)
  await source.close()
  whole = await readFile(file)
  lines = await linesOf(file)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let target: World
beforeEach(async () => {
  target = await openWorld()
  return () => target.close()
})

const zipped = (parts: readonly string[]) => gzipSync(parts.map((line) => `${line}\n`).join(''))
const rowsOf = async (database: Database) => Object.values(await contents(database)).flat()

/** Imports a changed copy of the export, and expects a refusal that leaves the database empty. */
async function refuses(changed: Uint8Array, fault: string, words: RegExp): Promise<void> {
  const path = join(folder, 'changed.gz')
  await writeFile(path, changed)
  const refusal = { fault, message: expect.stringMatching(words) }
  await expect(importInto(target.database, path)).rejects.toMatchObject(refusal)
  expect(await rowsOf(target.database)).toEqual([])
}

describe('an import writes nothing', () => {
  test('when the file was cut, wherever that is', async () => {
    for (const part of [0, 0.01, 0.5, 0.999]) {
      await refuses(whole.subarray(0, Math.floor(whole.length * part)), 'damaged', /unexpected end of file/)
    }
  })

  test('when its last lines are missing or there are more, although it is well compressed', async () => {
    await refuses(zipped(lines.slice(0, -1)), 'damaged', /end is missing/)
    await refuses(zipped(lines.slice(0, -3)), 'damaged', /end is missing/)
    await refuses(zipped([...lines, '["more"]']), 'damaged', /belong to no table/)
  })

  test('when a byte was changed, in the file or in what it holds', async () => {
    const flipped = Buffer.from(whole)
    const middle = Math.floor(flipped.length / 2)
    flipped[middle] = (flipped[middle] ?? 0) ^ 0x10
    await refuses(flipped, 'damaged', /damaged/)
    const text = gunzipSync(whole).toString()
    await refuses(gzipSync(text.replace('"goodwill for anna"', '"goodwill for anne"')), 'damaged', /checksum/)
  })

  test('when it was never an export', async () => {
    await refuses(Buffer.from('PGDMP and so on'), 'no-export', /not an export/)
    await refuses(zipped(['{"format":"something else"}']), 'no-export', /not an export/)
    await refuses(zipped(['{"format":"purser-export","version":2}']), 'other-schema', /format version 2/)
  })

  test('when there is no file', async () => {
    const missing = importInto(target.database, join(folder, 'missing.gz'))
    await expect(missing).rejects.toMatchObject({ fault: 'cannot-read', message: expect.stringContaining('ENOENT') })
  })

  test('when it was written with another schema, and the message says which version to take', async () => {
    const [first = '', ...rest] = lines
    const header = JSON.parse(first)
    const having = (schema: unknown[]) => zipped([JSON.stringify({ ...header, schema }), ...rest])
    const next = { number: header.schema.length + 1, name: 'to_come', checksum: 'x' }
    const version = WRITER.replaceAll('.', '\\.')
    const older = new RegExp(`older Purser \\(${version}, .*start this version`)
    await refuses(having(header.schema.slice(0, -1)), 'other-schema', older)
    const newer = new RegExp(`newer Purser \\(${version}\\).*to_come`)
    await refuses(having([...header.schema, next]), 'other-schema', newer)
    const edited = [{ ...header.schema[0], checksum: 'x' }, ...header.schema.slice(1)]
    await refuses(having(edited), 'other-schema', /not the one of this database/)
  })

  test('when a table is missing', async () => {
    const start = lines.findIndex((line) => line.startsWith('{"table":"wallet_draws"'))
    const end = lines.findIndex((line, at) => at > start && line.startsWith('{'))
    const { tables } = JSON.parse(lines.at(-1) ?? '')
    delete tables.wallet_draws
    const body = [...lines.slice(0, start), ...lines.slice(end, -1)].map((line) => `${line}\n`).join('')
    const sha256 = createHash('sha256').update(body).digest('hex')
    await refuses(gzipSync(body + toLine({ end: true, tables, sha256 })), 'damaged', /wallet_draws is missing/)
  })

  test('when it is stopped after the last row', async () => {
    const abort = new AbortController()
    const stopped = importFromFile(contextOf(target.database), {
      file,
      signal: abort.signal,
      onProgress: () => undefined,
      onCheck: () => abort.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(await rowsOf(target.database)).toEqual([])
  })

  test.each([
    [
      'postings do not sum to zero',
      'update wallet_postings set amount = amount + 7 where account <> $$wallet$$ and transaction_id = (select max(transaction_id) from wallet_postings)',
      /customer cust\S+: the postings of vatx\S+ sum to 7 CRD$/,
    ],
    [
      'a balance differs from its postings',
      `update wallet_balances set balance = balance + 1 where balance = 1025;
       update wallet_lots set remaining = remaining + 1, granted = granted + 1 where remaining = 25`,
      /customer cust\S+: the balance is 1026 CRD and its postings sum to 1025$/,
    ],
    [
      'a balance differs from its lots',
      'update wallet_lots set remaining = remaining - 1 where remaining = 25',
      /customer cust\S+: the balance is 1025 CRD and its lots hold 1024$/,
    ],
    ['a balance is lost', 'delete from wallet_balances where balance = 1025', /balance is 0 CRD .* sum to 1025$/m],
  ])('when %s, and the message names the customer', async (_, damage, words) => {
    const broken = await openWorld()
    try {
      await importInto(broken.database, file)
      await run(broken.database, damage)
      await exportFrom(broken.database, join(folder, 'broken.gz'), true)
      await refuses(await readFile(join(folder, 'broken.gz')), 'ledger-broken', words)
    } finally {
      await broken.close()
    }
  })
})

test('an import into a database in use is refused and leaves it as it was', async () => {
  await createDemo(target.ctx)
  const before = await contents(target.database)
  await expect(importInto(target.database, file)).rejects.toMatchObject({
    fault: 'not-empty',
    message: expect.stringMatching(/table \w+ has rows.*PURSER_DATA_DIR/),
  })
  expect(await contents(target.database)).toEqual(before)
})
