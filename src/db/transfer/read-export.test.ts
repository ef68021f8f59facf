import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type ExportPart, readExport } from './read-export.ts'

const HEADER =
  '{"format":"purser-export","version":1,"purser":"1.2.3","postgres":"18.4","exportedAt":"2026-05-04T10:00:00.000Z","schema":[{"number":1,"name":"catalog","checksum":"aa"}]}'
const BODY = [
  HEADER,
  '{"table":"a","columns":["x","y"],"rows":2}',
  '["1",null]',
  '["\\u0000\u2028",""]',
  '{"table":"b","columns":["z"],"rows":0}',
]
const TABLES = { a: 2, b: 0 }

/** The text of an export with these lines, and an end that fits them unless another is given. */
function textOf(lines: readonly string[], tables: object = TABLES): string {
  const body = lines.map((line) => `${line}\n`).join('')
  return `${body}${JSON.stringify({ end: true, tables, sha256: createHash('sha256').update(body).digest('hex') })}\n`
}

async function partsOf(text: string): Promise<ExportPart[]> {
  const parts: ExportPart[] = []
  async function* source() {
    yield Buffer.from(text)
  }
  for await (const part of readExport(source())) parts.push(part)
  return parts
}

it('gives back header, tables, rows and end in their order', async () => {
  const parts = await partsOf(textOf(BODY))
  expect(parts.map(({ kind }) => kind)).toEqual(['header', 'table', 'rows', 'table', 'end'])
  expect(parts[2]).toMatchObject({
    section: { table: 'a' },
    rows: [
      ['1', null],
      ['\0\u2028', ''],
    ],
  })
})

it('ignores what a later version may add to a line', async () => {
  const more = BODY.map((line) => line.replace('"rows":', '"hint":"new","rows":'))
  expect(await partsOf(textOf(more))).toHaveLength(5)
})

describe('a file is refused', () => {
  const without = (at: number) => BODY.filter((_, index) => index !== at)
  const having = (at: number, line: string) => BODY.map((old, index) => (index === at ? line : old))

  it.each([
    ['without a row', textOf(without(2)), /a has 1 rows instead of 2/],
    ['with a row twice', textOf([...BODY.slice(0, 3), ...BODY.slice(2)]), /a has 3 rows instead of 2/],
    ['without a table', textOf(without(4)), /not those that were written/],
    ['with a table twice', textOf([...BODY, BODY[4] ?? '']), /comes twice/],
    ['with a table that its end does not know', textOf(BODY, { a: 2 }), /not those that were written/],
    ['with a short row', textOf(having(2, '["1"]')), /another shape/],
    ['with a number for a text', textOf(having(2, '[1,null]')), /another shape/],
    ['with half a line', textOf(having(2, '["1",nul')), /not JSON/],
    ['with a line of another kind', textOf(having(4, '{"what":"ever"}')), /neither a table nor a row/],
    ['with rows before any table', textOf([HEADER, '["1"]']), /belong to no table/],
    ['with more after its end', `${textOf(BODY)}${BODY[4]}\n`, /goes on after its end/],
    ['with two ends', textOf(BODY).replace(/(\n.*\n)$/, '$1$1'), /goes on after its end/],
    ['without its end', `${BODY.join('\n')}\n`, /end is missing/],
    ['with a changed letter', textOf(BODY).replace('["1",null]', '["2",null]'), /checksum/],
    ['with a changed header', textOf(BODY).replace('18.4', '18.5'), /checksum/],
  ])('%s', async (_, text, words) => {
    await expect(partsOf(text)).rejects.toMatchObject({ fault: 'damaged', message: expect.stringMatching(words) })
  })

  it.each([
    ['that is empty', ''],
    ['that is not JSON', '-- PostgreSQL database dump\n'],
    ['that is JSON of another kind', '{"format":"other","version":1}\n'],
    ['that begins with rows', '["1",null]\n'],
    ['with half a header', '{"format":"purser-export","version":1}\n'],
  ])('%s, as no export', async (_, text) => {
    await expect(partsOf(text)).rejects.toMatchObject({ fault: 'no-export' })
  })

  it('of a later format, which another Purser can read', async () => {
    const refusal = { fault: 'other-schema', message: expect.stringMatching(/version 2/) }
    await expect(partsOf('{"format":"purser-export","version":2,"new":{}}\n')).rejects.toMatchObject(refusal)
  })
})
