import type { ServerProcess } from '../test/support/server-process.ts'
import type { Sockets } from './sockets.ts'
import { post, steadyLoad } from './steady-load.ts'

const AT_ONCE = 32

/** How long the last envelopes may take: the wait of one that is joined to another, and room. */
const LAST_ENVELOPES_MS = 2_500

/** Milliseconds from the decision of a change until its envelope was here, and until its writer had the answer. */
export type Lags = { envelopes: number[]; answers: number[]; missing: number }

/** Addresses of sockets: one for each device of `bench-0` to `bench-<users - 1>`, all of the first devices first. */
export async function socketUrls(server: ServerProcess, users: number, devices = 1): Promise<string[]> {
  const urls: string[] = []
  let next = 0
  const worker = async () => {
    while (next < users * devices) {
      const index = next++
      urls[index] = await bootstrap(server, `bench-${index % users}`, `device-${Math.floor(index / users)}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return urls
}

async function bootstrap(server: ServerProcess, userId: string, deviceId: string): Promise<string> {
  const signedIn = await postJson(
    `${server.url}/demo/token`,
    { app_user_id: userId },
    server.credentials.test_store_key,
  )
  const url = `${server.url}/v1/sessions/realtime-bootstrap`
  const session = await postJson(url, { device_id: deviceId }, String(signedIn.token))
  return String(session.ws_url)
}

async function postJson(url: string, body: object, bearer: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

/**
 * Changes balances at a steady rate, one wallet after the other, and measures when the envelopes arrive. Both ends of
 * each lag are clocks of this machine: the server notes when it decided, which is before it committed.
 */
export async function changesToEnvelopes(
  server: ServerProcess,
  sockets: Sockets,
  { perSecond, seconds, wallets }: { perSecond: number; seconds: number; wallets: number },
): Promise<Lags> {
  const envelopes: number[] = []
  sockets.onFrame((text) => {
    const at = Date.now()
    const occurredAt = /"event":"usage\.changed".*"occurred_at":"([^"]+)"/.exec(text)?.[1]
    if (occurredAt !== undefined) envelopes.push(at - Date.parse(occurredAt))
  })
  const headers = { authorization: `Bearer ${server.credentials.admin_secret}` }
  const url = `${server.url}/admin/credits/adjust`
  const answers = await steadyLoad(perSecond, seconds, (index, agent) =>
    post(
      { url, headers, agent, index },
      JSON.stringify({ user_id: `bench-${index % wallets}`, amount: 1, reason: 'benchmark' }),
    ),
  )
  await new Promise((resolve) => setTimeout(resolve, sockets.all.length === 0 ? 0 : LAST_ENVELOPES_MS))
  const bad = answers.filter(({ status }) => status !== 200)
  if (bad.length > 0) throw new Error(`${bad.length} changes were refused, one with ${bad[0]?.status} ${bad[0]?.body}`)
  const expected = answers.filter(({ index }) => index % wallets < sockets.all.length).length
  const lagOf = ({ body, answeredAt }: (typeof answers)[number]) =>
    answeredAt - Date.parse((JSON.parse(body) as { created_at: string }).created_at)
  return { envelopes, answers: answers.map(lagOf), missing: expected - envelopes.length }
}
