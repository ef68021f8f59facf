import { afterEach, beforeEach } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import type { App } from '../../src/core/projects/project.ts'
import { type Answered, startClockedServer } from './clocked-server.ts'
import { newToken } from './demo.ts'
import { newShopPerStory, type Shop } from './story.ts'

const ADMIN_SECRET = 'a-secret-of-the-tests-of-v1'

type Headers = Record<string, string>
export type V1Shop = Shop & {
  /** Calls with the public key of the Test Store app, as an SDK does. */
  sdk(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answered>
  /** Calls with the secret key for v1, as a server does. */
  server(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answered>
  admin(method: string, path: string, body?: unknown): Promise<Answered>
  /** Calls with any key, or with none. */
  ask(key: string | null, method: string, path: string, body?: unknown, headers?: Headers): Promise<Answered>
  /** Posts a purchase of the Test Store, and answers its token. */
  purchase(
    appUserId: string,
    productId: string,
    more?: object,
    headers?: Headers,
  ): Promise<Answered & { token: string }>
  /** Adds an app of another store to the project. */
  addApp(app: Pick<App, 'appId' | 'store' | 'publicKey'>): Promise<void>
}

/** The demo shop behind real HTTP, new for every test of a file. */
export function newV1Shop(env: Record<string, string> = {}): V1Shop {
  const shop = newShopPerStory() as V1Shop
  let server: Awaited<ReturnType<typeof startClockedServer>>
  beforeEach(async () => {
    server = await startClockedServer(shop, { env: { PURSER_ADMIN_SECRET: ADMIN_SECRET, ...env }, demo: shop.demo })
    const ask: V1Shop['ask'] = (key, method, path, body, headers = {}) =>
      server.ask(method, path, {
        headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
        body,
      })
    shop.ask = ask
    shop.sdk = (...call) => ask(shop.demo.testStoreKey, ...call)
    shop.server = (...call) => ask(shop.demo.secretKeyV1, ...call)
    shop.admin = (...call) => ask(ADMIN_SECRET, ...call)
    shop.purchase = async (appUserId, productId, more = {}, headers = {}) => {
      const token = newToken(shop.ctx)
      const body = { app_user_id: appUserId, fetch_token: token, product_id: productId, ...more }
      return { ...(await shop.sdk('POST', '/v1/receipts', body, { 'x-platform': 'ios', ...headers })), token }
    }
    shop.addApp = async (app) => {
      const { projectId } = shop.demo
      await shop.ctx.transaction(async (tx) =>
        ok(await tx.projects.insertApp({ ...app, projectId, name: app.appId }, shop.clock.now())),
      )
    }
  })
  afterEach(() => server.close())
  return shop
}
