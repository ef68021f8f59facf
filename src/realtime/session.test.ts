import { describe, expect, it } from 'vitest'
import { customerChange } from '../../test/support/realtime-client.ts'
import type { Close } from './close.ts'
import type { ServerFrame } from './envelope.ts'
import { BUFFERED_MAX_BYTES, type Session, startSession } from './session.ts'
import { createSessionIndex } from './session-index.ts'

const NOW = 1_000_000

/** A wire whose network takes nothing, so that a test decides how much is waiting. */
function stuckWire() {
  const sent: string[] = []
  const closes: number[] = []
  return {
    transport: 'websocket' as const,
    bufferedAmount: 0,
    sent,
    closes,
    send: (frames: readonly ServerFrame[]) => void sent.push(...frames.map(({ event }) => event)),
    probe: () => undefined,
    close: ({ code }: Close) => void closes.push(code),
  }
}

const opening = { customerId: 'c1', revision: 1, topics: ['user:me'], expiresAt: NOW + 900_000, now: NOW }
const owner = { projectId: 'proj', userId: 'me', deviceId: 'phone', tokenHash: 'hash' }
const nobody = { sent: () => undefined, resumed: () => undefined, ended: () => undefined }

describe('back-pressure', () => {
  it('closes 4008 when more waits for the client than allowed, and sends nothing any more', () => {
    const wire = stuckWire()
    const session = startSession(wire, owner, opening, nobody)
    wire.bufferedAmount = BUFFERED_MAX_BYTES
    session.handle({ type: 'change', change: customerChange('c1', 2), now: NOW })
    expect(wire.closes).toEqual([])
    wire.bufferedAmount = BUFFERED_MAX_BYTES + 1
    session.handle({ type: 'tick', now: NOW + 1000 })
    session.handle({ type: 'change', change: customerChange('c1', 3), now: NOW + 2000 })
    expect([wire.closes, wire.sent.length]).toEqual([[4008], 2])
  })
})

describe('the index of sessions', () => {
  const open = (customerId: string, deviceId = 'phone', userId = 'me'): Session =>
    startSession(stuckWire(), { ...owner, deviceId, userId }, { ...opening, customerId }, nobody)

  it('never files a session that was removed, and forgets it completely', () => {
    const index = createSessionIndex()
    const session = open('c1')
    index.add(session)
    index.remove(session)
    session.handle({ type: 'revision', customerId: 'c2', revision: 1, now: NOW })
    index.refile(session)
    expect([index.size, index.all(), index.ofCustomer('proj', 'c1'), index.ofCustomer('proj', 'c2')]).toEqual([
      0,
      [],
      [],
      [],
    ])
    expect([index.ofDevice(owner), index.countOfUser(owner)]).toEqual([undefined, 0])
  })

  it('keeps the newer socket of a device when the older one goes later', () => {
    const index = createSessionIndex()
    const [older, newer] = [open('c1'), open('c1')]
    index.add(older)
    index.add(newer)
    index.remove(older)
    expect([index.ofDevice(owner) === newer, index.countOfUser(owner)]).toEqual([true, 1])
  })

  it('keeps customers, users and devices of different projects apart', () => {
    const index = createSessionIndex()
    index.add(open('c1'))
    expect(index.ofCustomer('other', 'c1')).toEqual([])
    expect(index.countOfUser({ ...owner, projectId: 'other' })).toBe(0)
    expect(index.ofDevice({ ...owner, deviceId: 'tablet' })).toBeUndefined()
  })
})
