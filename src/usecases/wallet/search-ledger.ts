import type { CustomerRef } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { FoundPage, LedgerFilter, LedgerPlace, LedgerSource } from '../ports/ledger.ts'
import type { Ctx } from '../ports.ts'

/** Ledgers looked into of one person: their own, and those of customers who were merged into them. */
const LEDGERS_MAX = 50

export type SearchInput = Pick<LedgerFilter, 'operatorId' | 'requestId' | 'kind' | 'currency' | 'since' | 'until'> & {
  projectId: string
  ticket: string | null
  /** Our id of a purchase, or its store's. */
  purchase: string | null
  userId: string | null
  before: LedgerPlace | null
  limit: number
}

export type SearchRefusal =
  | { code: 'customer_not_found' }
  /** There is an index for none of what was given, and nobody reads a whole ledger for one answer. */
  | { code: 'search_too_wide' }

/**
 * Finds ledger transactions of a whole project, the newest first. Of what is given, the narrowest that has an index leads,
 * and the rest narrows.
 */
export async function searchLedger(ctx: Ctx, input: SearchInput): Promise<Result<FoundPage, SearchRefusal>> {
  const { projectId, ticket, operatorId, purchase, userId, before, limit } = input
  if ([ticket, operatorId, purchase, userId].every((value) => value === null)) {
    return refuse({ code: 'search_too_wide' })
  }
  const [customers, purchaseIds] = await Promise.all([
    userId === null ? null : ledgersOf(ctx, projectId, userId),
    purchase === null ? null : purchaseIdsOf(ctx, projectId, purchase),
  ])
  if (customers?.length === 0) return refuse({ code: 'customer_not_found' })
  const { requestId, kind, currency, since, until } = input
  const filter = { customers, purchaseIds, operatorId, requestId, kind, currency, since, until }
  const source = sourceOf(ticket, filter)
  return ok(await ctx.read.ledger.search({ projectId, source, filter, before, limit }))
}

function sourceOf(ticket: string | null, { customers, purchaseIds, operatorId }: LedgerFilter): LedgerSource {
  if (ticket !== null) return { kind: 'ticket', value: ticket }
  if (purchaseIds !== null) return { kind: 'purchases', purchaseIds }
  if (customers !== null) return { kind: 'customers', customers }
  return { kind: 'operator', value: operatorId ?? '' }
}

/** Nobody's: an empty list. */
async function ledgersOf(ctx: Ctx, projectId: string, userId: string): Promise<CustomerRef[]> {
  const customer = await ctx.read.customers.findByAppUserId(projectId, userId)
  if (customer === null) return []
  return [customer, ...(await ctx.read.ledger.mergedInto(customer, LEDGERS_MAX - 1))]
}

async function purchaseIdsOf(ctx: Ctx, projectId: string, purchase: string): Promise<string[]> {
  return [purchase, ...(await ctx.read.customerSearch.purchaseIds(projectId, purchase))]
}
