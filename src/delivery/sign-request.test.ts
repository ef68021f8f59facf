import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { signingSecretFrom } from '../core/webhooks/signing-secret.ts'
import { signRequest } from './sign-request.ts'

it('signs as the published example of Standard Webhooks says', () => {
  // Standard Webhooks, specification, "Verifying signatures": secret, id, timestamp, body and signature of its libraries.
  const event = {
    webhookId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    body: '{"test": 2432232314}',
    now: 1_614_265_330_000,
  }
  expect(signRequest(event, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toMatchObject({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

it("signs time and body with the secret's text for those who came from RevenueCat", () => {
  const headers = signRequest({ webhookId: 'id', body: '{}', now: 1_777_629_605_999 }, [
    'first-secret',
    'second-secret',
  ])
  const hex = (secret: string) => createHmac('sha256', secret).update('1777629605.{}').digest('hex')
  expect(headers['X-RevenueCat-Webhook-Signature']).toBe(
    `t=1777629605,v1=${hex('first-secret')},v1=${hex('second-secret')}`,
  )
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2)
})

it('makes secrets whose key is the token, as libraries of Standard Webhooks read them', () => {
  const token = Buffer.alloc(32, 0xfb).toString('base64url')
  const secret = signingSecretFrom(token)
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(Buffer.from(secret.slice(6), 'base64')).toEqual(Buffer.alloc(32, 0xfb))
})
