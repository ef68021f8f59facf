import { expect, test } from 'vitest'
import { ID_PREFIXES, type IdKind } from '../core/lib/ids.ts'
import { newIds } from './new-ids.ts'

const START = 1_700_000_000_000

test('ids of one kind begin with its prefix and are never the same', () => {
  const ids = newIds({ now: () => START })
  const made = Array.from({ length: 10_000 }, () => ids.next('customer'))
  expect(new Set(made).size).toBe(made.length)
  expect(made.every((id) => /^cust[0-9a-f]{31}$/.test(id))).toBe(true)
})

test('ids sort by their age, also within one millisecond, so that indexes grow at one end', () => {
  let now = START
  const ids = newIds({ now: () => now })
  const made: string[] = []
  for (let index = 0; index < 4_000; index++) {
    made.push(ids.next('event'))
    if (index % 1_000 === 999) now += 1
  }
  expect([...made].sort()).toEqual(made)
})

test('ids stay unique when the clock is set back or two processes share a millisecond', () => {
  let now = START
  const clock = { now: () => now }
  const [one, other] = [newIds(clock), newIds(clock)]
  const made: string[] = []
  for (const at of [START, START + 1, START, START - 5]) {
    now = at
    for (let index = 0; index < 500; index++) made.push(one.next('lot'), other.next('lot'))
  }
  expect(new Set(made).size).toBe(made.length)
})

test('the id of a project is as short as REST API v2 wants it', () => {
  expect(newIds({ now: () => START }).next('project')).toMatch(/^proj[0-9a-f]{16}$/)
})

test('no kind of id is mistaken for another', () => {
  const kinds = Object.keys(ID_PREFIXES) as IdKind[]
  expect(new Set(kinds.map((kind) => ID_PREFIXES[kind])).size).toBe(kinds.length)
})
