import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnsOf } from './columns-of.ts'

test.each([
  [[], '{}'],
  [[[1], [-2], [null]], '{1,-2,NULL}'],
  [[['wallet'], ['a b'], [''], ['null'], ['NULL'], [null]], '{wallet,"a b","","null","NULL",NULL}'],
  [[['a\\b"c'], ['x,y']], '{"a\\\\b\\"c","x,y"}'],
])('%j is %s', (rows, text) => {
  expect(columnsOf(rows, 1)).toEqual([text])
})

test('any texts come back from the text of their array as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (values) => {
      const [text = ''] = columnsOf(
        values.map((value) => [value]),
        1,
      )
      expect(elementsOf(text)).toEqual(values)
    }),
  )
})

/** Reads the text of an array as PostgreSQL's documentation says that it is read. */
function elementsOf(text: string): Array<string | null> {
  const elements = [...text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)]
  return elements.map(([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1')
    return plain === 'NULL' ? null : (plain ?? '')
  })
}
