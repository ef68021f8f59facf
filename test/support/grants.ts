import { randomUUID } from 'node:crypto'
import type { ServerProcess } from './server-process.ts'

/** What happens to a user of a running server from outside of their app. */
export function grantsOf({ url, credentials }: Pick<ServerProcess, 'url' | 'credentials'>) {
  const post = async (path: string, bearer: string, body: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'x-platform': 'web' }
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  return {
    /** Credits by support. */
    credits: (userId: string, amount: number) =>
      post('/admin/credits/adjust', credentials.admin_secret, {
        user_id: userId,
        amount,
        reason: 'ZD-1042 goodwill',
        idempotency_key: randomUUID(),
      }),
    /** Pro, bought on another device: access and 500 credits. */
    pro: (userId: string) =>
      post('/v1/receipts', credentials.test_store_key, {
        app_user_id: userId,
        product_id: 'pro_monthly',
        fetch_token: `test_${Date.now()}_${randomUUID()}`,
      }),
    /** A token as the identity provider of the demo gives it. */
    token: async (userId: string) => {
      const answer = await post('/demo/token', credentials.test_store_key, { app_user_id: userId })
      return (answer as { token: string }).token
    },
  }
}
