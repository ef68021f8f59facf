import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileRow } from '../core/receipt-import/receipt-row.ts'
import { newReport, openReport, readReport } from './import-report.ts'
import { readReceiptFile } from './receipt-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-receipts-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function fileOf(content: string | Uint8Array): Promise<string> {
  files += 1
  const path = join(folder, `file-${files}`)
  await writeFile(path, content)
  return path
}

async function read(format: 'csv' | 'ndjson', content: string | Uint8Array) {
  const unused: string[] = []
  const rows: FileRow[] = []
  const path = await fileOf(content)
  for await (const row of readReceiptFile(path, format, (columns) => unused.push(...columns))) rows.push(row)
  return { rows, unused }
}

test('CSV with a byte order mark, semicolons, quotes and any line ends is read; other columns are named', async () => {
  const text = '\uFEFFApp_User_Id;created;token\r\nanna;2024-01-01;"a;""b"""\nübel;x;\n'
  expect(await read('csv', text)).toEqual({
    rows: [
      { row: 1, fields: { app_user_id: 'anna', fetch_token: 'a;"b"' }, problem: null },
      { row: 2, fields: { app_user_id: 'übel', fetch_token: '' }, problem: null },
    ],
    unused: ['created'],
  })
})

test('a row with too few cells is a problem of that row only', async () => {
  const { rows } = await read('csv', 'app_user_id,token\nanna\nbert,t\n')
  expect(rows.map((row) => row.problem)).toEqual(['has 1 cells where the first line has 2', null])
})

test.each([
  ['', 'the file is empty'],
  ['app_user_id,product_id\nanna,pro\n', 'no column fetch_token'],
  ['app_user_id,token\nanna,t\nbert,"t\n', 'row 2 cannot be read as CSV'],
  [Buffer.from([0x61, 0xff, 0xfe]), 'not UTF-8'],
])('a CSV file that cannot be read says why (%#)', async (content, problem) => {
  await expect(read('csv', content)).rejects.toThrow(problem)
})

test('NDJSON is read line by line; a line that is no object is a problem of that row only', async () => {
  const lines = ['{"app_user_id":7,"fetch_token":"t","price":1,"store":null}', '', '[1]', '{', '{"receipt":{}}']
  expect(await read('ndjson', `${lines.join('\n')}\n{"receipt":"a","token":"b"}`)).toEqual({
    rows: [
      { row: 1, fields: { app_user_id: '7', fetch_token: 't' }, problem: null },
      { row: 2, fields: {}, problem: 'is not a JSON object' },
      { row: 3, fields: {}, problem: 'is not a JSON object' },
      { row: 4, fields: {}, problem: 'receipt is neither text nor a number' },
      { row: 5, fields: { fetch_token: 'b' }, problem: 'has two fields that mean fetch_token' },
    ],
    unused: ['price'],
  })
})

test('a line without an end is refused before it fills the memory', async () => {
  await expect(read('ndjson', 'x'.repeat(2_100_000))).rejects.toThrow('more than 2000000 characters')
})

const outcome = (row: number) =>
  ({
    row,
    fingerprint: '0'.repeat(16),
    outcome: 'imported',
    code: '',
    appUserId: 'a',
    storeProductId: '',
    problem: '',
  }) as const

async function rowsOf(path: string): Promise<number[]> {
  const rows: number[] = []
  for await (const { row } of readReport(path)) rows.push(row)
  return rows
}

test('a report goes on after its last whole line; one that was cut off is not done', async () => {
  const path = await fileOf('')
  const first = await openReport(path)
  expect(first.isContinued).toBe(false)
  await first.append([outcome(1), outcome(2)])
  await first.close()
  await writeFile(path, '3,00000000', { flag: 'a' })

  const second = await openReport(path)
  expect(second.isContinued).toBe(true)
  expect(await rowsOf(path)).toEqual([1, 2])
  await second.append([outcome(3)])
  await second.close()
  expect(await rowsOf(path)).toEqual([1, 2, 3])
})

test('a file that is no report is never written into', async () => {
  const path = await fileOf('app_user_id,token\nanna,t\n')
  await expect(openReport(path)).rejects.toThrow('is not the report of an import')
  await expect(newReport(path)).rejects.toThrow('is not the report of an import')
  expect(await readFile(path, 'utf8')).toBe('app_user_id,token\nanna,t\n')
})
