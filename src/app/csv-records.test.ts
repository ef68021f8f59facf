import { expect, test } from 'vitest'
import type { CsvRecord } from '../core/bulk/parse-file.ts'
import { csvRecords } from './csv-records.ts'

async function read(text: string | Uint8Array): Promise<CsvRecord[]> {
  const records: CsvRecord[] = []
  for await (const record of csvRecords(typeof text === 'string' ? Buffer.from(text) : text)) records.push(record)
  return records
}

test('lines end as any system writes them, and a byte order mark is no part of the first name', async () => {
  const expected = [
    { line: 1, cells: ['user_id', 'amount'] },
    { line: 2, cells: ['anna', '5'] },
    { line: 3, cells: ['ben', '6'] },
  ]
  expect(await read('user_id,amount\nanna,5\nben,6')).toEqual(expected)
  expect(await read('\ufeffuser_id,amount\r\nanna,5\r\nben,6\r\n')).toEqual(expected)
  expect(await read('user_id,amount\ranna,5\rben,6\r')).toEqual(expected)
})

test('quotes keep commas, quotes and line breaks, and the line is where the record begins', async () => {
  expect(await read('a,b\r\n"x, ""y""",1\r\n"two\r\nlines",2\r\n\r\nlast,3\r\n')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['x, "y"', '1'] },
    { line: 3, cells: ['two\r\nlines', '2'] },
    { line: 6, cells: ['last', '3'] },
  ])
})

test('semicolons and tabs separate where the first line says so', async () => {
  expect(await read('user_id;amount;reason\nanna;5;a, b')).toMatchObject([{}, { cells: ['anna', '5', 'a, b'] }])
  expect(await read('user_id\tamount\nanna\t5')).toMatchObject([{}, { cells: ['anna', '5'] }])
})

test('what cannot be read is named with its line; as long as it is clear where records begin, the rest is read', async () => {
  expect(await read('a,b\nanna,1\nx"y,2\n\nben,3\n"emil,6\n')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['anna', '1'] },
    { line: 3, problem: 'a quote inside a cell needs quotes around the whole cell' },
    { line: 5, cells: ['ben', '3'] },
    { line: 6, problem: 'a quote is opened and never closed' },
  ])
  expect(await read('a,b\r\n"cleo"x,4\r\ndora,5\r\n')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, problem: 'a closing quote must end the cell; double it to mean a quote' },
  ])
})

test('a record that never ends is the last that is read, and no byte is replaced', async () => {
  const endless = await read(`a,b\nanna,1\n"${'x'.repeat(200_000)}`)
  expect(endless).toMatchObject([
    { line: 1 },
    { line: 2 },
    { line: 3, problem: expect.stringContaining('10000 bytes') },
  ])
  expect(await read(Uint8Array.of(0x61, 0xff, 0xfe))).toEqual([{ line: 1, problem: expect.stringContaining('UTF-8') }])
})

test('line ends may differ within a file', async () => {
  expect(await read('a,b\nanna,1\r\nben,2\n')).toMatchObject([{}, { line: 2, cells: ['anna', '1'] }, { line: 3 }])
})

test('a file is read in pieces, so that a record may lie across two of them', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => `user-${index},${index + 1}`)
  const records = await read(`user_id,amount\n${rows.join('\n')}\n`)
  expect(records).toHaveLength(20_001)
  expect(records.at(-1)).toEqual({ line: 20_001, cells: ['user-19999', '20000'] })
})
