import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { revenuecatBody } from '../../core/incoming/fixtures/revenuecat-events.ts'
import { ok, refuse } from '../../core/lib/result.ts'
import type { NewIncomingEvent } from '../../usecases/ports/incoming.ts'
import type { Ctx, Tx } from '../../usecases/ports.ts'
import { createServer } from '../server.ts'
import type { WebhookDeps } from './webhook-deps.ts'
import { revenuecatWebhookSurface } from './webhook-surface.ts'

const SECRET = 'the-webhook-secret'
const BODY = revenuecatBody({ type: 'TEST', id: 'E1' })

const opened: Array<{ close(): Promise<unknown> }> = []
afterEach(() => Promise.all(opened.splice(0).map((app) => app.close())))

async function open(deps: Partial<WebhookDeps> = {}) {
  const kept: NewIncomingEvent[] = []
  const tx = { incoming: { insert: async (event: NewIncomingEvent) => kept.push(event) === 1 } } as unknown as Tx
  const transaction = (async (work: (part: Tx) => Promise<unknown>) => work(tx)) as Ctx['transaction']
  const app = createServer({
    logger: pino({ level: 'silent' }),
    maxBodyBytes: 10_000_000,
    trustProxy: false,
    newRequestId: () => '0123456789abcdef',
  })
  const refusals: string[] = []
  await app.register(revenuecatWebhookSurface, {
    ctx: { clock: { now: () => 1_700_000_000_000 }, transaction } as Ctx,
    projectNamed: async (name) => {
      if (name === null) return ok('proj1')
      return name === 'proj2' ? ok('proj2') : refuse({ code: 'project_unknown' })
    },
    secrets: [SECRET],
    signingSecrets: [],
    onRefusal: (code) => refusals.push(code),
    ...deps,
  })
  opened.push(app)
  const post = async (authorization: string | undefined, payload: string = JSON.stringify(BODY), url = '') => {
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    const answer = await app.inject({ method: 'POST', url: `/webhooks/revenuecat${url}`, headers, payload })
    return [answer.statusCode, answer.json()]
  }
  return { app, post, kept, refusals }
}

describe('POST /webhooks/revenuecat', () => {
  it.each([`Bearer ${SECRET}`, `bearer ${SECRET}`, SECRET])(
    'accepts the header as the dashboard sends it: %s',
    async (header) => {
      const { post, kept } = await open()
      expect(await post(header)).toEqual([200, { ok: true, duplicate: false }])
      expect(kept).toMatchObject([{ projectId: 'proj1', eventId: 'E1', type: 'TEST', bodyText: JSON.stringify(BODY) }])
    },
  )

  it.each([
    [undefined, 'missing_bearer'],
    ['Basic abc', 'missing_bearer'],
    ['Bearer ', 'missing_bearer'],
    ['Bearer another-secret', 'invalid_webhook_secret'],
  ])('refuses %s with 401 %s, and keeps nothing', async (header, detail) => {
    const { post, kept, refusals } = await open()
    expect(await post(header)).toEqual([401, { detail }])
    expect([kept, refusals]).toEqual([[], [detail]])
  })

  it('takes any of several secrets, so that one can be replaced', async () => {
    const { post } = await open({ secrets: ['the-old-secret', SECRET] })
    expect((await post('Bearer the-old-secret'))[0]).toBe(200)
    expect((await post(`Bearer ${SECRET}`))[0]).toBe(200)
  })

  it('is closed without a secret, whoever asks', async () => {
    const { post } = await open({ secrets: [] })
    for (const header of [undefined, `Bearer ${SECRET}`, 'Bearer ']) {
      expect(await post(header)).toEqual([503, { detail: 'webhook_unconfigured' }])
    }
  })

  it.each([
    '',
    '{',
    'null',
    '"text"',
    '[]',
    '{}',
    '{"event":{"type":"TEST"}}',
    '{"event":{"id":"E1","type":"\\u0000"}}',
  ])('refuses what is no event: %j', async (payload) => {
    const { post, kept } = await open()
    expect(await post(`Bearer ${SECRET}`, payload)).toEqual([400, { detail: 'invalid_payload' }])
    expect(kept).toEqual([])
  })

  it('refuses a body that no event could have', async () => {
    const { post } = await open()
    expect(await post(`Bearer ${SECRET}`, `"${'x'.repeat(300_000)}"`)).toEqual([413, { detail: 'body_too_large' }])
  })

  it('keeps the event in the project that the path names', async () => {
    const { post, kept } = await open()
    expect((await post(`Bearer ${SECRET}`, JSON.stringify(BODY), '/proj2'))[0]).toBe(200)
    expect(kept).toMatchObject([{ projectId: 'proj2' }])
    expect(await post(`Bearer ${SECRET}`, JSON.stringify(BODY), '/proj3')).toEqual([404, { detail: 'project_unknown' }])
    expect(await post('Bearer wrong-secret', JSON.stringify(BODY), '/proj3')).toEqual([
      401,
      { detail: 'invalid_webhook_secret' },
    ])
  })

  it('guesses no project where there are several', async () => {
    const { post } = await open({ projectNamed: async () => refuse({ code: 'project_required' }) })
    expect(await post(`Bearer ${SECRET}`)).toEqual([503, { detail: 'webhook_unconfigured' }])
  })

  it('answers other methods with 405', async () => {
    const { app } = await open()
    const answer = await app.inject({ method: 'GET', url: '/webhooks/revenuecat' })
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST'])
  })

  it('answers 500 when the event could not be kept, so that RevenueCat sends it again', async () => {
    const transaction = (() => Promise.reject(new Error('no database'))) as Ctx['transaction']
    const { post } = await open({ ctx: { clock: { now: () => 0 }, transaction } as Ctx })
    expect(await post(`Bearer ${SECRET}`)).toEqual([500, { detail: 'internal_error', request_id: '0123456789abcdef' }])
  })
})
