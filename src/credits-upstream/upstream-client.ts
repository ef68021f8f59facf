import { MINUTE_MS } from '../core/lib/clock.ts'
import { ok, type Result, refuse } from '../core/lib/result.ts'
import type {
  CreditsUpstream,
  UpstreamAnswer,
  UpstreamChange,
  UpstreamFault,
} from '../usecases/ports/credits-upstream.ts'
import { keptAnswer } from './kept-answer.ts'
import { type Page, readBalance, readCurrency, readPage } from './read-answers.ts'
import { sendOnce, type UpstreamRequest } from './send-once.ts'
import { type Budget, newBudget, tryAgain } from './try-again.ts'
import type { UpstreamPlace, UpstreamWorld } from './upstream-world.ts'

/** The currencies may be asked for 60 times a minute, like the operators' own list. RevenueCat REST API v2, rate limits. */
const CURRENCIES_KEPT_MS = MINUTE_MS
/** The largest page there is. */
const PAGE_LIMIT = 100
/** A project has at most 100 currencies; a server that answers 20 a page all the same needs 5 pages. */
const PAGES_MAX = 10

type Send = <Value>(
  budget: Budget,
  request: Omit<UpstreamRequest<Value>, 'headers' | 'url'> & { path: string; headers?: Record<string, string> },
) => Promise<Result<Value, UpstreamFault>>

/** A client of one project at the server that keeps its balances. RevenueCat REST API v2. */
export function createCreditsUpstream(place: UpstreamPlace, world: UpstreamWorld): CreditsUpstream {
  const send = sender(place, world)
  const askCurrencies = async () => {
    const budget = newBudget(world, 'within_budget')
    const all = await allPages(send, budget, '/virtual_currencies', {}, readCurrency, ({ code }) => code)
    return all.ok ? ok(all.value.filter(({ isActive }) => isActive)) : all
  }
  return {
    projectId: place.projectId,
    currencies: keptAnswer(world.clock, CURRENCIES_KEPT_MS, askCurrencies),
    async balances(customerId, { includeEmpty, patience = 'within_budget' }) {
      const path = balancesPath(customerId)
      if (path === null) return refuse(NOBODY)
      const query = { include_empty_balances: String(includeEmpty) }
      return allPages(send, newBudget(world, patience), path, query, readBalance, ({ code }) => code)
    },
    async change(change, patience = 'within_budget') {
      return sendChange(send, newBudget(world, patience), change)
    },
  }
}

async function sendChange(send: Send, budget: Budget, change: UpstreamChange): UpstreamAnswer<{ balance: number }> {
  const { customerId, currency, amount, reference, key } = change
  const path = balancesPath(customerId)
  if (path === null) return refuse(NOBODY)
  return send(budget, {
    method: 'POST',
    path: `${path}/transactions`,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ adjustments: { [currency]: amount }, reference }),
    read(json) {
      const changed = readPage(json, readBalance)?.items.find(({ code }) => code === currency)
      return changed === undefined ? null : { balance: changed.balance }
    },
  })
}

/** Reads a list to its end: what stands on the last page must not look like nothing. */
async function allPages<Item>(
  send: Send,
  budget: Budget,
  path: string,
  query: Record<string, string>,
  readItem: (json: unknown) => Item | null,
  cursorOf: (item: Item) => string,
): UpstreamAnswer<Item[]> {
  const all = new Map<string, Item>()
  let after: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const parameters = new URLSearchParams({ ...query, limit: String(PAGE_LIMIT) })
    if (after !== null) parameters.set('starting_after', after)
    const read: Result<Page<Item>, UpstreamFault> = await send(budget, {
      method: 'GET',
      path: `${path}?${parameters}`,
      read: (json) => readPage(json, readItem),
    })
    if (!read.ok) return read
    for (const item of read.value.items) all.set(cursorOf(item), item)
    if (!read.value.hasMore) return ok([...all.values()])
    after = read.value.items.map(cursorOf).at(-1) ?? null
  }
  return refuse({ ...NOBODY, type: 'malformed_response', status: null, message: 'the list does not end' })
}

function sender({ url, key, projectId }: UpstreamPlace, world: UpstreamWorld): Send {
  const base = `${apiOf(url)}/projects/${encodeURIComponent(projectId)}`
  return (budget, { path, headers = {}, ...request }) =>
    tryAgain(world, budget, (timeoutMs) => {
      const all = { accept: 'application/json', authorization: `Bearer ${key}`, ...headers }
      return sendOnce(world, { ...request, url: base + path, headers: all }, timeoutMs)
    })
}

/** The root of REST API v2, whether the setting names it or only its server. */
function apiOf(url: string): string {
  const address = new URL(url)
  const path = address.pathname.replace(/\/+$/, '')
  return `${address.origin}${path.endsWith('/v2') ? path : `${path}/v2`}`
}

/** Null for the two ids that no URL can carry: every client would resolve them as steps in the path. */
function balancesPath(customerId: string): string | null {
  if (customerId === '.' || customerId === '..') return null
  return `/customers/${encodeURIComponent(customerId)}/virtual_currencies`
}

/** What an upstream says of a customer that it does not know. */
const NOBODY: UpstreamFault = {
  type: 'resource_missing',
  status: 404,
  param: null,
  isUncertain: false,
  isConclusive: true,
  message: 'the upstream cannot have such a customer',
}
