import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEMO_TOKEN_LIFE_MS, mintDemoToken, verifyDemoToken } from './demo-token.ts'

const NOW = Date.UTC(2026, 4, 4, 10)
const SECRET = 'a secret of the tests'
const token = mintDemoToken(SECRET, 'anna', NOW)
const INVALID = { ok: false, code: 'invalid_token' }

/** A token with the right signature over any payload. */
function signed(payload: object): string {
  const text = `demo.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
}

describe('a demo token', () => {
  it('names its user for an hour', () => {
    expect(verifyDemoToken(SECRET, token, NOW)).toEqual({ ok: true, userId: 'anna' })
    expect(verifyDemoToken(SECRET, token, NOW + DEMO_TOKEN_LIFE_MS - 1)).toEqual({ ok: true, userId: 'anna' })
    expect(verifyDemoToken(SECRET, token, NOW + DEMO_TOKEN_LIFE_MS)).toEqual({ ok: false, code: 'token_expired' })
  })

  it('is refused under another secret, and in every form but the one that was minted', () => {
    expect(verifyDemoToken('another', token, NOW)).toEqual(INVALID)
    const [, payload, signature] = token.split('.')
    const forms = [
      '',
      'demo.',
      'demo..',
      `demo.${payload}`,
      `demo.${payload}.`,
      `demo.${payload}.${signature}=`,
      `Demo.${payload}.${signature}`,
    ]
    for (const form of forms) expect(verifyDemoToken(SECRET, form, NOW)).toEqual(INVALID)
    const position = fc.nat(token.length - 1)
    fc.assert(
      fc.property(position, fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(token[at] !== character)
        const changed = token.slice(0, at) + character + token.slice(at + 1)
        expect(verifyDemoToken(SECRET, changed, NOW)).toEqual(INVALID)
      }),
    )
  })

  it('is refused when it was minted for an id that nobody may have', () => {
    const exp = NOW / 1000 + 60
    for (const sub of ['', ' anna', 'null', 'a/b', 5])
      expect(verifyDemoToken(SECRET, signed({ sub, exp }), NOW)).toEqual(INVALID)
    expect(verifyDemoToken(SECRET, signed({ sub: 'anna' }), NOW)).toEqual(INVALID)
    expect(verifyDemoToken(SECRET, signed({ sub: 'anna', exp }), NOW).ok).toBe(true)
  })

  it('carries the longest id that is allowed', () => {
    const longest = '\u{1f600}'.repeat(100)
    expect(verifyDemoToken(SECRET, mintDemoToken(SECRET, longest, NOW), NOW)).toEqual({ ok: true, userId: longest })
  })
})
