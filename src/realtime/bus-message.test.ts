import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { customerChange } from '../../test/support/realtime-client.ts'
import { CHANGES_MAX, MESSAGE_MAX_BYTES, messageFromWire, messageToWire } from './bus-message.ts'

const change = customerChange('c1', 2)

/** A message as another process would send it, with fields of its change replaced. */
function sent(fields: object, envelope: object = {}): string {
  return JSON.stringify({ v: 1, from: 'p1', changes: [{ ...change, ...fields }], ...envelope })
}

describe('messages between processes', () => {
  it('arrive as they were sent', () => {
    const merge = customerChange('c2', 5, {
      absorbedCustomerId: 'c1',
      currency: null,
      kinds: ['usage', 'entitlements'],
    })
    for (const message of [
      { from: 'p1', changes: [change, merge] },
      { from: 'p1', lost: true as const },
    ]) {
      expect(messageFromWire(messageToWire(message))).toEqual(message)
    }
  })

  it('carry nothing but ids and what changed: no contents of a message that was published', () => {
    const changed = { ...change, published: { data: { note: 'for her eyes only' } }, note: 'for her eyes only' }
    expect(messageToWire({ from: 'p1', changes: [changed as unknown as typeof change] })).not.toContain('eyes')
  })

  it('fit the bound with as many changes and as long ids as there may be', () => {
    const id = 'i'.repeat(128)
    const longest = customerChange(id, Number.MAX_SAFE_INTEGER, {
      projectId: id,
      absorbedCustomerId: id,
      currency: id,
      kinds: ['usage', 'entitlements', 'profile'],
    })
    const text = messageToWire({ from: id, changes: Array.from({ length: CHANGES_MAX }, () => longest) })
    expect(text.length).toBeLessThan(MESSAGE_MAX_BYTES)
    expect(messageFromWire(text)).not.toBeNull()
  })

  it.each([
    ['no JSON', 'nonsense'],
    ['another version', sent({}, { v: 2 })],
    ['nobody’s', sent({}, { from: undefined })],
    ['empty', sent({}, { changes: [] })],
    ['too many changes', sent({}, { changes: Array.from({ length: CHANGES_MAX + 1 }, () => change) })],
    ['too large', sent({}, { filler: 'x'.repeat(MESSAGE_MAX_BYTES) })],
    ['a change that is none', sent({}, { changes: [change, null] })],
    ['without a customer', sent({ customerId: '' })],
    ['an id without end', sent({ customerId: 'x'.repeat(129) })],
    ['half a revision', sent({ revision: 1.5 })],
    ['a revision below zero', sent({ revision: -1 })],
    ['a time that no clock shows', sent({ occurredAt: 8.64e15 + 1 })],
    ['kinds that are none', sent({ kinds: 'usage' })],
    ['a cause that is markup', sent({ cause: '<b>' })],
    ['a currency that is a number', sent({ currency: 5 })],
  ])('%s is left alone', (_what, text) => {
    expect(messageFromWire(text)).toBeNull()
  })

  it('of a newer process may name kinds and causes that are not known here yet', () => {
    expect(messageFromWire(sent({ kinds: ['usage', 'offers'], cause: 'gift' }))).toMatchObject({ from: 'p1' })
  })

  it('never throw, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(messageFromWire(text)).toBeNull()
      }),
    )
  })
})
