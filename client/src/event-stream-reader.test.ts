import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventStreamReader } from './event-stream-reader.ts'

const STREAM =
  'retry: 1500\n\nid: 4\nevent: a\ndata: {"v":1}\n\n: ping\r\n\r\ndata:one\rdata: two\r\rdata\n\ndata: never complete\n'
const EVENTS = ['{"v":1}', 'one\ntwo']

describe('an event stream', () => {
  it('is read alike however the network cuts it', () => {
    const cuts = fc.array(fc.nat(STREAM.length), { maxLength: 8 })
    fc.assert(
      fc.property(cuts, (places) => {
        const read = eventStreamReader()
        const ends = [...places.sort((one, other) => one - other), STREAM.length]
        const events = ends.flatMap((end, index) => read(STREAM.slice(ends[index - 1] ?? 0, end)))
        expect(events).toEqual(EVENTS)
      }),
    )
  })

  it('that never ends an event is given up before it fills the memory', () => {
    const read = eventStreamReader()
    expect(() => {
      for (let times = 0; times < 100; times += 1) read('x'.repeat(1_000))
    }).toThrow('too long')
  })
})
