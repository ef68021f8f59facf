import { expect, it } from 'vitest'
import { MINUTE_MS } from '../lib/clock.ts'
import { afterAttempt, type Circuit, CLOSED, isOpen, passageOf } from './circuit.ts'

const failing = (circuit: Circuit, count: number, at: number): Circuit =>
  Array.from({ length: count }).reduce<Circuit>((so) => afterAttempt(so, false, at), circuit)

it('opens only after twenty failures in a row that span ten minutes', () => {
  expect(isOpen(failing(CLOSED, 100, 0))).toBe(false)
  expect(isOpen(failing(failing(CLOSED, 18, 0), 1, 10 * MINUTE_MS))).toBe(false)
  expect(isOpen(failing(failing(CLOSED, 19, 0), 1, 10 * MINUTE_MS - 1))).toBe(false)
  expect(isOpen(failing(failing(CLOSED, 19, 0), 1, 10 * MINUTE_MS))).toBe(true)
})

it('begins to count again with every success', () => {
  const nearly = afterAttempt(failing(CLOSED, 50, 0), true, MINUTE_MS)
  expect(nearly).toEqual(CLOSED)
  expect(isOpen(failing(nearly, 19, 20 * MINUTE_MS))).toBe(false)
})

it('lets one probe through when it is open, and closes with its success', () => {
  const open = failing(failing(CLOSED, 19, 0), 1, 10 * MINUTE_MS)
  expect(passageOf(open, 11 * MINUTE_MS - 1)).toBe('none')
  expect(passageOf(open, 11 * MINUTE_MS)).toBe('probe')
  const still = afterAttempt(open, false, 11 * MINUTE_MS)
  expect([still.openedAt, still.probeAt]).toEqual([open.openedAt, open.probeAt])
  expect(passageOf(afterAttempt(still, true, 12 * MINUTE_MS), 12 * MINUTE_MS)).toBe('free')
})
