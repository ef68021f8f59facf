import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Credits } from '../ports/credits.ts'
import type { CreditsUpstream } from '../ports/credits-upstream.ts'
import type { Ctx } from '../ports.ts'
import type { Balance } from '../wallet/list-balances.ts'
import { findIntent, intentHistory } from './intent-history.ts'
import { SingleFlight } from './single-flight.ts'
import { upstreamAdjust, upstreamAdjustDryRun } from './upstream-adjust.ts'
import { upstreamReverse, upstreamReverseDryRun } from './upstream-reverse.ts'

/**
 * Credits whose balances another server keeps. Every change is written down here first; what operators did is read from
 * there, and what customers have from the upstream.
 */
export function upstreamCredits(ctx: Ctx, upstream: CreditsUpstream): Credits {
  const flights = new SingleFlight()
  return {
    keptBy: 'upstream',
    async catalog(projectId) {
      // The upstream names products by ids of its own; where one is known here, the store's identifier is.
      const [currencies, { products }] = await Promise.all([
        upstream.currencies(),
        ctx.read.catalog.ofProject(projectId),
      ])
      if (!currencies.ok) return refuse({ code: 'upstream_unreadable', type: currencies.refusal.type })
      return ok({ currencies: currencies.value, products })
    },
    async balances({ projectId, appUserId, includeEmpty }) {
      const [balances, customer] = await Promise.all([
        readBalances(upstream, appUserId, includeEmpty),
        ctx.read.customers.findByAppUserId(projectId, appUserId),
      ])
      return balances.ok ? ok({ balances: balances.value, revision: customer?.revision ?? 0 }) : balances
    },
    adjust: upstreamAdjust(ctx, upstream, flights),
    reverse: upstreamReverse(ctx, upstream, flights),
    dryRun: { adjust: upstreamAdjustDryRun(ctx, upstream), reverse: upstreamReverseDryRun(ctx, upstream) },
    transactions: intentHistory(ctx),
    transaction: findIntent(ctx),
  }
}

type BalancesRefusal = { code: 'customer_not_found' } | { code: 'upstream_unreadable'; type: string }

async function readBalances(
  upstream: CreditsUpstream,
  customerId: string,
  includeEmpty: boolean,
): Promise<Result<Balance[], BalancesRefusal>> {
  const read = await upstream.balances(customerId, { includeEmpty })
  if (!read.ok) {
    const { status, isConclusive, type } = read.refusal
    if (status === 404 && isConclusive) return refuse({ code: 'customer_not_found' })
    return refuse({ code: 'upstream_unreadable', type })
  }
  // Older servers leave names out of balances; the list of currencies has them.
  const isNamed = read.value.every(({ name }) => name !== null)
  const currencies = isNamed ? ok([]) : await upstream.currencies()
  if (!currencies.ok) return refuse({ code: 'upstream_unreadable', type: currencies.refusal.type })
  return ok(
    read.value.map(({ code, name, description, balance }) => {
      const listed = currencies.value.find((currency) => currency.code === code)
      const shown = { name: name ?? listed?.name ?? code, description: description ?? listed?.description ?? null }
      return { currency: { code, ...shown, grants: [] }, balance }
    }),
  )
}
