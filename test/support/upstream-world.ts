import { inject } from 'vitest'
import { createCreditsUpstream } from '../../src/credits-upstream/upstream-client.ts'
import type { UpstreamWorld } from '../../src/credits-upstream/upstream-world.ts'
import { settleDueIntents } from '../../src/usecases/credits/settle-due-intents.ts'
import { upstreamCredits } from '../../src/usecases/credits/upstream-credits.ts'
import type { CreditIntent } from '../../src/usecases/ports/credit-intents.ts'
import type { CreditsUpstream } from '../../src/usecases/ports/credits-upstream.ts'
import { type AdminApi, adminApi } from './admin-api.ts'
import { newDataFolder } from './data-folder.ts'
import { type Fault, type Heard, startFaultProxy } from './fault-proxy.ts'
import { newServerDatabase } from './server-database.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import type { Shop } from './story.ts'

/** A Purser in a process of its own, for another one to stand in front of. */
export type UpstreamProcess = {
  server: ServerProcess
  /** Makes customers known, as the first call of an SDK does. */
  meet(...userIds: string[]): Promise<void>
  balanceOf(userId: string): Promise<number>
  /** The references of all changes of a customer that came through its REST API v2, the oldest first. */
  referencesOf(userId: string): Promise<string[]>
  /** Changes a balance there, past everybody in front. */
  change(userId: string, amount: number): Promise<void>
  stop(): Promise<void>
}

const LIFTED = {
  PURSER_RATE_V2_CONFIGURATION: '1000000',
  PURSER_RATE_V2_CUSTOMERS: '1000000',
  PURSER_RATE_V2_TRANSACTIONS: '1000000',
}

export async function startUpstreamProcess(): Promise<UpstreamProcess> {
  const database = await newServerDatabase(inject('server'))
  const folder = await newDataFolder()
  const server = await startServer(folder.path, { ...LIFTED, DATABASE_URL: database.url })
  const {
    secret_key_v2: key,
    test_store_key: publicKey,
    admin_secret: secret,
    project_id: project,
  } = server.credentials
  const ask = async (path: string, bearer: string, body?: object) => {
    const answer = await fetch(server.url + path, {
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as { items: Array<Record<string, unknown>>; next_cursor?: string | null }
  }
  const balancesPath = (userId: string) => `/v2/projects/${project}/customers/${userId}/virtual_currencies`
  return {
    server,
    async meet(...userIds) {
      for (const userId of userIds) await ask(`/v1/subscribers/${userId}`, publicKey)
    },
    async balanceOf(userId) {
      const { items } = await ask(balancesPath(userId), key)
      return Number(items.find(({ currency_code }) => currency_code === 'CRD')?.balance ?? 0)
    },
    async referencesOf(userId) {
      const references: string[] = []
      let cursor = ''
      do {
        const page = await ask(`/admin/credits/users/${userId}/transactions?limit=100&kind=api_adjust${cursor}`, secret)
        references.unshift(...page.items.map(({ reason }) => String(reason)).reverse())
        cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
      } while (cursor !== '')
      return references
    },
    async change(userId, amount) {
      await ask(`${balancesPath(userId)}/transactions`, key, { adjustments: { CRD: amount } })
    },
    async stop() {
      await server.stop()
      await folder.remove()
      await database.drop()
    },
  }
}

/** A Purser in front of an upstream process, with a line between them that breaks as it is told. */
export type Front = {
  /** The Admin Credits API of this Purser. */
  api: AdminApi
  /** Another process on the same database: it knows nothing of what the first is doing. */
  otherProcess(wrap?: (upstream: CreditsUpstream) => CreditsUpstream): Promise<AdminApi>
  heard: Heard[]
  /** The changes that reached the line. */
  changes(): Heard[]
  /** What happens to the next requests, one after the other; then nothing does. */
  script(...faults: Fault[]): void
  /** The same for changes only; the reads before them go through. */
  scriptChanges(...faults: Fault[]): void
  /** Chooses for every request that nothing was scripted for. */
  decide: (request: Heard) => Fault
  /** Lets the job run until nothing is due, time passing as it must. Answers the intents that it gave up. */
  settle(): Promise<CreditIntent[]>
  close(): Promise<void>
}

/** More rounds than the pauses of any intent; more means that something is due for ever. */
const ROUNDS_MAX = 200
/** Longer than the longest pause. */
const ROUND_MS = 6 * 60_000

export async function openFront(shop: Shop, upstream: UpstreamProcess): Promise<Front> {
  const waiting = new Set<AbortController>()
  let scripted: Fault[] = []
  let scriptedChanges: Fault[] = []
  const isChange = ({ method }: Heard) => method === 'POST'
  const proxy = await startFaultProxy({
    target: upstream.server.url,
    faultFor: (request) => {
      const next = isChange(request) ? (scriptedChanges.shift() ?? scripted.shift()) : scripted.shift()
      return next ?? front.decide(request)
    },
    expire: () => {
      for (const timer of waiting) timer.abort()
    },
  })
  const world: UpstreamWorld = {
    fetch: (url, init) => fetch(url, init),
    clock: shop.clock,
    sleep: async (durationMs) => shop.clock.advance(durationMs),
    expireAfter: () => {
      const timer = new AbortController()
      waiting.add(timer)
      timer.signal.addEventListener('abort', () => waiting.delete(timer))
      return timer.signal
    },
  }
  const { project_id: projectId, secret_key_v2: key } = upstream.server.credentials
  const client = () => createCreditsUpstream({ url: `${proxy.url}/v2`, key, projectId }, world)
  const apiOf = (port: CreditsUpstream) => adminApi(shop.ctx, shop.demo.projectId, upstreamCredits(shop.ctx, port))
  const front: Front = {
    api: await apiOf(client()),
    otherProcess: (wrap = (port) => port) => apiOf(wrap(client())),
    heard: proxy.heard,
    changes: () => proxy.heard.filter(isChange),
    script: (...faults) => {
      scripted = faults
    },
    scriptChanges: (...faults) => {
      scriptedChanges = faults
    },
    decide: () => 'none',
    async settle() {
      const givenUp: CreditIntent[] = []
      const job = client()
      for (let round = 0; round < ROUNDS_MAX; round++) {
        shop.clock.advance(ROUND_MS)
        await settleDueIntents(shop.ctx, job, (intent) => givenUp.push(intent))
        if ((await shop.ctx.read.creditIntents.due(projectId, Number.MAX_SAFE_INTEGER / 2_000, 1)).length === 0) {
          return givenUp
        }
      }
      throw new Error('intents are due for ever')
    },
    close: () => proxy.close(),
  }
  return front
}
