import type { ServerPlace } from './client.ts'

/** A token of the demo project's own sign-in, which is good at the process that made it. */
export async function signIn({ url }: ServerPlace, testStoreKey: string, userId: string): Promise<string> {
  const { token } = await post<{ token: string }>(`${url}/demo/token`, testStoreKey, { app_user_id: userId })
  return token
}

/** Trades it for a socket token, which is good at every process. */
export async function bootstrap({ url }: ServerPlace, jwt: string, deviceId: string): Promise<string> {
  const path = '/v1/sessions/realtime-bootstrap'
  const { token } = await post<{ token: string }>(`${url}${path}`, jwt, { device_id: deviceId })
  return token
}

async function post<Answer>(url: string, bearer: string, body: object): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered with ${answer.status}: ${text}`)
  return JSON.parse(text) as Answer
}
