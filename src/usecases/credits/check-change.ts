import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { GrantRefusal } from '../../core/wallet/grant.ts'
import { DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import type { UpstreamFailed } from '../ports/credits.ts'
import type { CreditsUpstream, Patience } from '../ports/credits-upstream.ts'

export type CheckRefusal =
  | { code: 'currency_unknown'; currency: string }
  | { code: 'customer_not_found' }
  | GrantRefusal
  | UpstreamFailed

/** The balance before the change; null when it was not asked for or could not be had. */
export type Checked = { balance: number | null }

/**
 * What can be said of a change before it is written down and sent: that its currency exists, and that a grant stays
 * below the most that a balance can be. Nothing has been changed when it refuses. A balance that cannot be read at the
 * moment keeps no grant from being sent: the upstream has the same bound.
 */
export async function checkChange(
  upstream: CreditsUpstream,
  change: { userId: string; currency: string; amount: number },
): Promise<Result<Checked, CheckRefusal>> {
  const currencies = await upstream.currencies()
  if (!currencies.ok) return refuse(notEvenBegun(currencies.refusal.type))
  if (!currencies.value.some(({ code }) => code === change.currency)) {
    return refuse({ code: 'currency_unknown', currency: change.currency })
  }
  if (change.amount < 0) return ok({ balance: null })
  const balance = await balanceBefore(upstream, change, 'once')
  if (!balance.ok) return balance.refusal.code === 'customer_not_found' ? balance : ok({ balance: null })
  return isAboveCap(change, balance.value) ?? ok({ balance: balance.value })
}

function isAboveCap(change: { currency: string; amount: number }, balance: number): Result<never, CheckRefusal> | null {
  const maximum = DEFAULT_POLICY.cap
  if (balance + change.amount <= maximum) return null
  const { currency, amount: requested } = change
  return refuse({ code: 'balance_above_maximum', currency, balance, requested, maximum })
}

/** What a user has of a currency right now. */
export async function balanceBefore(
  upstream: CreditsUpstream,
  { userId, currency }: { userId: string; currency: string },
  patience: Patience,
): Promise<Result<number, { code: 'customer_not_found' } | UpstreamFailed>> {
  const read = await upstream.balances(userId, { includeEmpty: false, patience })
  if (read.ok) return ok(read.value.find(({ code }) => code === currency)?.balance ?? 0)
  const { isConclusive, status, type } = read.refusal
  return refuse(isConclusive && status === 404 ? { code: 'customer_not_found' } : notEvenBegun(type))
}

function notEvenBegun(type: string): UpstreamFailed {
  return { code: 'upstream_failed', type, outcome: 'failed', intentId: null }
}
