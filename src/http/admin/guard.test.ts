import { expect, it } from 'vitest'
import { MINUTE_MS } from '../../core/lib/clock.ts'
import { RateLimiter } from '../lib/rate-limit.ts'
import { adminApp, change, SECRET, USER } from './fixtures/admin-app.ts'

const ROUTES = [
  ['GET', '/admin/credits/currencies'],
  ['GET', `/admin/credits/users/${USER}/balances`],
  ['POST', '/admin/credits/adjust'],
  ['POST', `/admin/credits/users/${USER}/adjust`],
] as const

it.each(ROUTES)('%s %s: no configured secret answers 503, whoever asks', async (method, url) => {
  const { app } = await adminApp({ secrets: [] })
  for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: `Bearer ${SECRET}` }]) {
    const answer = await app.inject({ method, url, headers })
    expect([answer.statusCode, answer.body]).toEqual([503, '{"detail":"admin_unconfigured"}'])
  }
})

it.each(ROUTES)('%s %s: no bearer answers 401, a wrong one 403', async (method, url) => {
  const { app } = await adminApp()
  const headers = [undefined, 'Basic eDp5', 'Bearer', 'Bearer   ', SECRET]
  for (const authorization of headers) {
    const answer = await app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } })
    expect([answer.statusCode, answer.body]).toEqual([401, '{"detail":"missing_bearer"}'])
  }
  for (const token of ['x', `${SECRET}x`, SECRET.slice(1), SECRET.toUpperCase()]) {
    const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${token}` } })
    expect([answer.statusCode, answer.body]).toEqual([403, '{"detail":"invalid_admin_secret"}'])
  }
})

it('every secret of the list opens the API while they are rotated, and each has its own limit', async () => {
  const { app } = await adminApp({ secrets: ['the-secret-of-old', SECRET] })
  for (const secret of ['the-secret-of-old', SECRET]) {
    const headers = { authorization: `bearer ${secret}` }
    const answer = await app.inject({ url: '/admin/credits/currencies', headers })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['ratelimit-remaining']).toBe('59')
  }
})

it('who guesses too often is refused before the secret is looked at, by address and for a minute', async () => {
  let now = 0
  const { adjust, ask } = await adminApp({ limits: limitsWith(2, () => now) })
  const guess = { authorization: 'Bearer wrong' }
  expect((await adjust(change(), guess)).statusCode).toBe(403)
  expect((await ask({ url: '/admin/credits/currencies' })).statusCode).toBe(200)
  expect((await adjust(change(), guess)).statusCode).toBe(403)

  const refused = await ask({ url: '/admin/credits/currencies' })
  expect(refused.statusCode).toBe(429)
  expect(refused.json().detail).toMatch(/^too_many_failed_sign_ins: /)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  const elsewhere = await ask({ url: '/admin/credits/currencies', remoteAddress: '127.0.0.2' })
  expect(elsewhere.statusCode).toBe(200)

  now += MINUTE_MS
  expect((await ask({ url: '/admin/credits/currencies' })).statusCode).toBe(200)
})

it('the 31st change in a minute is refused, on both paths together, and the next minute starts anew', async () => {
  const { adjust, ask, wait, world } = await adminApp()
  for (let n = 1; n <= 30; n += 1) {
    const answer = await (n % 2 === 0
      ? adjust(change())
      : ask({ method: 'POST', url: `/admin/credits/users/${USER}/adjust`, payload: change() }))
    expect([answer.statusCode, answer.headers['ratelimit-remaining']]).toEqual([200, String(30 - n)])
  }
  const refused = await adjust(change())
  expect(refused.statusCode).toBe(429)
  expect(refused.json().detail).toMatch(/^rate_limited: 30 a minute/)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(refused.headers).toMatchObject({ 'ratelimit-limit': '30', 'ratelimit-remaining': '0' })
  expect((await ask({ url: '/admin/credits/currencies' })).statusCode).toBe(200)
  expect(world.ledger).toHaveLength(30)

  wait(MINUTE_MS)
  expect((await adjust(change())).statusCode).toBe(200)
})

function limitsWith(failures: number, now: () => number) {
  const plenty = new RateLimiter(1_000, { now })
  const failedAuth = new RateLimiter(failures, { now })
  return { currencies: plenty, balances: plenty, adjust: plenty, holds: plenty, publish: plenty, failedAuth }
}
