import { expect, test } from 'vitest'
import { coalesced } from './coalesced.ts'

test('reads of one moment share statements of at most 32 keys, and each gets its own answer', async () => {
  const batches: number[] = []
  const read = coalesced<number, number>(async (keys) => {
    batches.push(keys.length)
    return keys.map((key) => key * 10)
  })
  const answers = await Promise.all(Array.from({ length: 70 }, (_, key) => read(key)))
  expect(answers).toEqual(Array.from({ length: 70 }, (_, key) => key * 10))
  expect(batches).toEqual([32, 32, 6])
})

test('a failure reaches all that were joined, and the next read is not harmed', async () => {
  let isDown = true
  const read = coalesced<string, string>(async (keys) => {
    if (isDown) throw new Error('down')
    return keys
  })
  expect(await Promise.allSettled([read('a'), read('b')])).toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ])
  isDown = false
  expect(await read('c')).toBe('c')
})
