import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitLines } from './split-lines.ts'

async function* chunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const size of sizes) {
    yield new Uint8Array(bytes.subarray(from, from + size))
    from += size
  }
  yield bytes.subarray(from)
}

async function linesOf(source: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = []
  for await (const group of splitLines(source)) lines.push(...group.map((line) => line.toString()))
  return lines
}

it('gives the same lines however the bytes arrive, also when a character is cut in two', async () => {
  const text = fc.array(fc.string({ unit: 'grapheme' }).map((line) => `${line.replaceAll('\n', '')}\n`))
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(9)), async (lines, sizes) => {
      expect(await linesOf(chunks(Buffer.from(lines.join('')), sizes))).toEqual(lines)
    }),
  )
})

it('breaks at line feeds only, for other separators may stand inside a JSON string', async () => {
  const line = 'a\rb\u2028c\u2029d\u0085e\r\n'
  expect(await linesOf(chunks(Buffer.from(line), [3]))).toEqual([line])
})

it('notices an end in the middle of a line', async () => {
  await expect(linesOf(chunks(Buffer.from('whole\nhal'), []))).rejects.toMatchObject({ fault: 'damaged' })
})

it('stops at a line that no export has, before it fills the memory', async () => {
  let given = 0
  async function* endless() {
    for (;;) {
      given += 1
      yield Buffer.alloc(1024 * 1024, 'x')
    }
  }
  await expect(linesOf(endless())).rejects.toMatchObject({ fault: 'damaged' })
  expect(given).toBeLessThan(100)
})
