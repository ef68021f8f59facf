import { createHmac } from 'node:crypto'
import { afterEach, beforeEach } from 'vitest'
import { TOLD_START } from '../../src/core/incoming/fixtures/revenuecat-events.ts'
import { SECOND_MS } from '../../src/core/lib/clock.ts'
import { type Answered, type Asked, type ClockedServer, startClockedServer } from './clocked-server.ts'
import { newShopPerStory } from './story.ts'

export const ADMIN_SECRET = 'the-admin-secret-of-these-checks'
export const WEBHOOK_SECRET = 'the-webhook-secret-of-these-checks'
export const SIGNING_SECRET = 'the-signing-secret-of-these-checks'

const CONFIGURED = {
  PURSER_ADMIN_SECRET: ADMIN_SECRET,
  PURSER_REVENUECAT_WEBHOOK_SECRET: WEBHOOK_SECRET,
  PURSER_REVENUECAT_SIGNING_SECRET: SIGNING_SECRET,
}

/** Limits that the tests of everything else do not meet. */
const LIFTED = { PURSER_RATE_ADMIN_ADJUST: '1000000', PURSER_RATE_FAILED_AUTH: '1000000' }

/** How a webhook call differs from a right one: its secret, the time and the bytes that are signed, the bytes sent. */
type Delivery = { secret?: string; seconds?: number; signed?: string; bytes?: string }

export const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` })
export const said = ({ status, body }: Answered) => [status, body]

/** A configured server on a shop of its own for every test of a file, and the words in which the checks speak to it. */
export function newAdminChecks() {
  const shop = newShopPerStory(TOLD_START + 10 * SECOND_MS)
  const now = {} as { server: ClockedServer }
  const restart = async (env: Record<string, string>, demo = true) => {
    await now.server?.close()
    now.server = await startClockedServer(shop, { env, ...(demo ? { demo: shop.demo } : {}) })
  }
  beforeEach(async () => {
    now.server = await startClockedServer(shop, { env: { ...CONFIGURED, ...LIFTED }, demo: shop.demo })
  })
  afterEach(() => now.server.close())
  const ask = (method: string, path: string, asked?: Asked) => now.server.ask(method, path, asked)
  const admin = (method: string, path: string, asked: Asked = {}) =>
    ask(method, `/admin/credits${path}`, { ...asked, headers: { ...bearer(ADMIN_SECRET), ...asked.headers } })
  return {
    shop,
    CONFIGURED,
    restart,
    ask,
    admin,
    server: () => now.server,
    adjust: (body: Record<string, unknown>) =>
      admin('POST', '/adjust', { body: { user_id: 'anna', amount: 50, reason: 'ZD-1042 goodwill', ...body } }),
    async balance(user = 'anna'): Promise<number> {
      return (await admin('GET', `/users/${user}/balances?include_empty=true`)).body.items[0].balance
    },
    /** Has a user begin a realtime session, by which the server knows them. Answers the socket token. */
    async meet(userId: string): Promise<string> {
      const headers = bearer(await now.server.userToken(userId))
      return (await ask('POST', '/v1/sessions/realtime-bootstrap', { headers, body: {} })).body.token
    },
    /** Delivers a webhook event as RevenueCat does. */
    deliver(body: unknown, facts: Delivery = {}): Promise<Answered> {
      const bytes = facts.bytes ?? JSON.stringify(body)
      const seconds = facts.seconds ?? Math.floor(shop.clock.now() / SECOND_MS)
      const hmac = createHmac('sha256', SIGNING_SECRET).update(`${seconds}.${facts.signed ?? bytes}`)
      const headers = {
        ...bearer(facts.secret ?? WEBHOOK_SECRET),
        'x-revenuecat-webhook-signature': `t=${seconds},v1=${hmac.digest('hex')}`,
      }
      return ask('POST', '/webhooks/revenuecat', { headers, bytes })
    },
  }
}
