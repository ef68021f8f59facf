import { describe, expect, it } from 'vitest'
import { TOPIC_MAX_LENGTH, TOPICS_MAX } from '../usecases/realtime/own-topics.ts'
import { CLIENT_FRAME_MAX_BYTES } from './client-frame.ts'
import { CLOSE } from './close.ts'
import { openSession, step } from './protocol.ts'

const NOW = 1_000_000
const opened = openSession({
  userId: 'me',
  customerId: 'c1',
  topics: ['user:me'],
  revision: 1,
  expiresAt: NOW + 900_000,
  now: NOW,
})

/** What a fresh session does with one frame. */
const hear = (frame: unknown) =>
  step(opened.state, {
    type: 'frame',
    text: typeof frame === 'string' ? frame : JSON.stringify(frame),
    now: NOW,
  })

const subscribed = (topics: string[]) => hear({ v: 1, op: 'subscribe', topics }).frames.at(-1)?.data

describe('frames of a client', () => {
  it.each([
    ['no JSON', '{"v":1', 'invalid_json'],
    ['an empty frame', '', 'invalid_json'],
    ['a list', '[]', 'invalid_frame'],
    ['null', 'null', 'invalid_frame'],
    ['no version', '{"op":"ping"}', 'unsupported_version'],
    ['another version', '{"v":2,"op":"ping"}', 'unsupported_version'],
    ['a version in a prototype key', '{"__proto__":{"v":1},"op":"ping"}', 'unsupported_version'],
    ['no operation', '{"v":1}', 'invalid_frame'],
    ['topics that are no list', '{"v":1,"op":"subscribe","topics":"user:me"}', 'invalid_frame'],
    ['topics that are no strings', '{"v":1,"op":"unsubscribe","topics":[1]}', 'invalid_frame'],
    ['a negative cursor', '{"v":1,"op":"subscribe","topics":[],"cursor":-1}', 'invalid_frame'],
    ['a fractional cursor', '{"v":1,"op":"subscribe","topics":[],"cursor":1.5}', 'invalid_frame'],
    ['a cursor that is text', '{"v":1,"op":"subscribe","topics":[],"cursor":"1"}', 'invalid_frame'],
  ])('close the socket with 4002 after an error on %s', (_what, text, code) => {
    const { frames, close } = hear(text)
    expect(frames).toMatchObject([{ event: 'error', data: { code } }])
    expect(close).toEqual(CLOSE.protocolError)
  })

  it('close the socket with 4002 when they are binary', () => {
    const { frames, close } = step(opened.state, { type: 'binary', now: NOW })
    expect([frames[0]?.data, close]).toMatchObject([{ code: 'binary_not_supported' }, CLOSE.protocolError])
  })

  it.each(['publish', 'constructor', '__proto__', 'toString'])(
    'get an error but stay open on the unknown operation %s',
    (op) => {
      const { frames, close } = hear({ v: 1, op })
      expect(frames).toMatchObject([{ event: 'error', data: { code: 'unknown_op' } }])
      expect(close).toBeNull()
    },
  )

  it('may be as large as allowed, counted in bytes, and close the socket with 1009 above', () => {
    const padded = (bytes: number, character: string) => {
      const frame = { v: 1, op: 'ping', pad: '' }
      const room = bytes - JSON.stringify(frame).length
      return JSON.stringify({ ...frame, pad: character.repeat(room / Buffer.byteLength(character)) })
    }
    expect(hear(padded(CLIENT_FRAME_MAX_BYTES, 'x')).frames).toMatchObject([{ event: 'pong' }])
    expect(hear(padded(CLIENT_FRAME_MAX_BYTES + 1, 'x')).close).toEqual(CLOSE.frameTooLarge)
    expect(hear(padded(CLIENT_FRAME_MAX_BYTES + 64, '\u20ac')).close).toEqual(CLOSE.frameTooLarge)
  })
})

describe('topics', () => {
  it("are taken from the user's own namespace only", () => {
    const own = ['user:me', 'user:me:toasts', 'user:me:a:b']
    const foreign = [
      'user:you',
      'user:me2',
      'user:',
      'user:me:',
      'user:you:user:me',
      'org:1:news',
      '',
      '*',
      '__proto__',
    ]
    const odd = ['user:me:\u0000', 'user:me:\ud800', `user:me:${'x'.repeat(TOPIC_MAX_LENGTH)}`, 'USER:me', ' user:me']
    expect(subscribed([...own, ...foreign, ...odd])).toEqual({
      topics: own,
      rejected: [...foreign, ...odd],
      replayed: 0,
    })
  })

  it('are answered once when they are named twice', () => {
    expect(subscribed(['user:me:a', 'user:me:a', 'user:you', 'user:you'])).toMatchObject({
      topics: ['user:me:a'],
      rejected: ['user:you'],
    })
  })

  it('are bounded for each socket, with an error that says so', () => {
    const asked = Array.from({ length: TOPICS_MAX }, (_none, index) => `user:me:${index}`)
    const { frames, close } = hear({ v: 1, op: 'subscribe', topics: asked })
    expect(frames).toMatchObject([
      { event: 'error', data: { code: 'too_many_topics' } },
      { event: 'subscribed', data: { rejected: ['user:me:99'] } },
    ])
    expect(close).toBeNull()
  })

  it('make room when they are given up', () => {
    const { state } = hear({ v: 1, op: 'unsubscribe', topics: ['user:me', 'user:you'] })
    expect([...state.topics]).toEqual([])
  })
})
