import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { DeviceInput } from '../../usecases/push/register-device.ts'
import { mintDemoToken, verifyDemoToken } from '../lib/demo-token.ts'
import { RateLimiter } from '../lib/rate-limit.ts'
import { createServer } from '../server.ts'
import { registerDeviceRoutes } from './device-routes.ts'
import { answerThrown } from './error-handler.ts'

const SECRET = 'a secret of the tests'
const BODY = { device_id: 'phone 1', platform: 'ios', push_token: 'AB'.repeat(32), bundle_id: 'com.example.app' }

async function open(perMinute = 100) {
  const done: unknown[] = []
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 65_536,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  app.setErrorHandler(answerThrown)
  const limiter = new RateLimiter(perMinute, { now: () => 0 })
  registerDeviceRoutes(app, {
    identity: { verify: async () => ({ ok: false, code: 'invalid_token' }) },
    demo: { projectId: 'proj', verify: (token) => verifyDemoToken(SECRET, token, 0) },
    projectFor: async () => ({ ok: false, refusal: { code: 'project_required' } }),
    limit: (userId) => limiter.take(userId),
    registerDevice: async (input: DeviceInput) => void done.push(input),
    unregisterDevice: async (input) => void done.push(input),
  })
  const headers = { authorization: `Bearer ${mintDemoToken(SECRET, 'anna', 0)}` }
  return {
    app,
    done,
    post: (body: unknown, own: Record<string, string> = headers) =>
      app.inject({ method: 'POST', url: '/v1/devices', headers: own, payload: body as object }),
    remove: (path: string) => app.inject({ method: 'DELETE', url: `/v1/devices/${path}`, headers }),
  }
}

describe('a device of a signed-in user', () => {
  it('is registered under the user of the token, its push token in one spelling', async () => {
    const { post, done } = await open()
    expect((await post(BODY)).statusCode).toBe(204)
    expect(done).toEqual([
      {
        projectId: 'proj',
        userId: 'anna',
        deviceId: 'phone 1',
        platform: 'ios',
        pushToken: 'ab'.repeat(32),
        bundleId: 'com.example.app',
      },
    ])
  })

  it('is removed', async () => {
    const { remove, done } = await open()
    expect((await remove('phone%201')).statusCode).toBe(204)
    expect(done).toEqual([{ projectId: 'proj', userId: 'anna', deviceId: 'phone 1' }])
  })

  it.each([
    { platform: 'android' },
    { push_token: 'xyz' },
    { push_token: 'ab' },
    { push_token: 'ab'.repeat(101) },
    { push_token: '../../x' },
    { device_id: '' },
    { device_id: 'a\nb' },
    { device_id: '\ud800' },
    { device_id: 'x'.repeat(201) },
    { bundle_id: 'com example' },
    { user_id: 'ben' },
  ])('is not registered with %j', async (fields) => {
    const { post, done } = await open()
    const answer = await post({ ...BODY, ...fields })
    expect([400, 422]).toContain(answer.statusCode)
    expect(answer.json()).toEqual({ detail: expect.any(String) })
    expect(done).toEqual([])
  })

  it('is not registered for a stranger, who learns nothing about the body', async () => {
    const { post, done } = await open()
    expect((await post('nonsense', {})).json()).toEqual({ detail: 'missing_bearer' })
    const other = await post({}, { authorization: 'Bearer a.b.c' })
    expect(other.statusCode).toBe(401)
    expect(other.json()).toEqual({ detail: 'invalid_token' })
    expect(done).toEqual([])
  })

  it('is not registered too often', async () => {
    const { post } = await open(1)
    await post(BODY)
    const refused = await post(BODY)
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.json()).toEqual({ detail: 'rate_limited' })
  })
})
