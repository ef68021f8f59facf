import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isSigned } from './signature.ts'

const SECRET = 'a-signing-secret-of-the-tests'
const NOW = Date.parse('2026-05-04T10:00:00Z')
const BODY = Buffer.from('{"api_version":"1.0","event":{"id":"E1","type":"TEST"}}')
const SECONDS = NOW / 1_000

function sign(body = BODY, seconds = SECONDS, secret = SECRET): string {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')
}

function judge(header: string | undefined, body = BODY, secrets = [SECRET]): boolean {
  return isSigned(header, body, { secrets, now: NOW })
}

describe('isSigned', () => {
  it('accepts a signature over the time and the very bytes', () => {
    expect(judge(`t=${SECONDS},v1=${sign()}`)).toBe(true)
  })

  it('accepts any of several signatures and secrets, so that a secret can be replaced', () => {
    expect(judge(`t=${SECONDS},v1=${sign(BODY, SECONDS, 'the-new-secret')},v1=${sign()}`)).toBe(true)
    expect(judge(`t=${SECONDS},v1=${sign()}`, BODY, ['another-secret', SECRET])).toBe(true)
  })

  it('refuses the same content in other bytes', () => {
    const other = Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 1))
    expect(judge(`t=${SECONDS},v1=${sign()}`, other)).toBe(false)
  })

  it.each([-301, 301])('refuses a time %i seconds away, and accepts one at the very bound', (offset) => {
    const far = SECONDS + offset
    expect(judge(`t=${far},v1=${sign(BODY, far)}`)).toBe(false)
    const near = SECONDS + Math.sign(offset) * 300
    expect(judge(`t=${near},v1=${sign(BODY, near)}`)).toBe(true)
  })

  it('refuses a time that was not signed', () => {
    expect(judge(`t=${SECONDS + 1},v1=${sign()}`)).toBe(false)
    expect(judge(`t=${SECONDS},t=${SECONDS + 1},v1=${sign()}`)).toBe(false)
  })

  it.each([
    '',
    'v1=',
    `t=${SECONDS}`,
    `t=${SECONDS},v1=`,
    `t=${SECONDS},v1=zz`,
    `t=x,v1=${'0'.repeat(64)}`,
    'nonsense',
  ])('refuses a header that is none: %j', (header) => {
    expect(judge(header)).toBe(false)
    expect(judge(undefined)).toBe(false)
  })

  it('refuses a signature by another secret, and the digest of the body alone', () => {
    expect(judge(`t=${SECONDS},v1=${sign(BODY, SECONDS, 'not-the-secret')}`)).toBe(false)
    expect(judge(`t=${SECONDS},v1=${createHmac('sha256', SECRET).update(BODY).digest('hex')}`)).toBe(false)
  })
})
