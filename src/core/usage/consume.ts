import { assert } from '../lib/assert.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import { deduct } from '../wallet/deduct.ts'
import type { WalletPolicy } from '../wallet/policy.ts'
import type { Wallet, WalletChange } from '../wallet/wallet.ts'
import { type Cost, CREDITS, type SpendSource } from './config.ts'

/** What a customer has before using something. `used` are the counters of the current period. */
export type Means = {
  caps: ReadonlyMap<string, number>
  used: ReadonlyMap<string, number>
  /** The wallet of the configuration's currency, without units that have lapsed. */
  wallet: Wallet
  policy: WalletPolicy
  spendOrder: readonly SpendSource[]
}

/** What using something does. */
export type Consumption = {
  /** New values of the counters that change, by meter id and `credits`. */
  counters: ReadonlyMap<string, number>
  creditsFromAllowance: number
  creditsFromLedger: number
  /** Null when the allowance was enough. */
  walletChange: WalletChange | null
}

/** What there is too little of: a meter, or `credits` with allowance and wallet taken together. */
export type ConsumeRefusal = { code: 'credits_insufficient'; meter: string; required: number; remaining: number }

/**
 * Takes all of a cost or nothing. Meters come out of their caps. Credits come out of what is left of the period's cap
 * for credits and out of the wallet, in the order given; allowance used and units spent add up to the cost.
 */
export function consume(cost: Cost, means: Means): Result<Consumption, ConsumeRefusal> {
  assert(isCost(cost), 'a cost is made of whole numbers, none of them negative, and not empty')
  const available = availableCredits(means)
  if (cost.credits > available) return tooLittle(CREDITS, cost.credits, available)
  for (const [meter, required] of cost.meters) {
    const remaining = remainingOf(meter, means)
    if (required > remaining) return tooLittle(meter, required, remaining)
  }
  const taken = { period_allowance: 0, ledger: 0 }
  let left = cost.credits
  for (const source of creditSources(means)) {
    taken[source.name] = Math.min(left, source.available)
    left -= taken[source.name]
  }
  return ok({
    counters: countersAfter(cost, taken.period_allowance, means.used),
    creditsFromAllowance: taken.period_allowance,
    creditsFromLedger: taken.ledger,
    walletChange: taken.ledger === 0 ? null : spend(taken.ledger, means),
  })
}

/** The cost of doing something several times. */
export function timesCost({ credits, meters }: Cost, quantity: number): Cost {
  return {
    credits: credits * quantity,
    meters: new Map([...meters].map(([meter, amount]) => [meter, amount * quantity])),
  }
}

/** What is left of a cap; nothing when more was used, as after a change to a lower tier. */
export function remainingOf(meter: string, { caps, used }: Pick<Means, 'caps' | 'used'>): number {
  return Math.max(0, (caps.get(meter) ?? 0) - (used.get(meter) ?? 0))
}

/** Credits that can be spent now, out of allowance and wallet together. */
export function availableCredits(means: Means): number {
  return creditSources(means).reduce((sum, source) => sum + source.available, 0)
}

function isCost({ credits, meters }: Cost): boolean {
  const amounts = [credits, ...meters.values()]
  const isWhole = amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0)
  return isWhole && amounts.some((amount) => amount > 0)
}

function creditSources(means: Means): Array<{ name: SpendSource; available: number }> {
  const { wallet, policy, spendOrder } = means
  const available = {
    period_allowance: remainingOf(CREDITS, means),
    ledger: Math.max(0, wallet.balance - policy.floor),
  }
  return spendOrder.map((name) => ({ name, available: available[name] }))
}

function countersAfter(cost: Cost, credits: number, used: ReadonlyMap<string, number>): Map<string, number> {
  const added = [...cost.meters, [CREDITS, credits] as const].filter(([, amount]) => amount > 0)
  return new Map(added.map(([meter, amount]) => [meter, (used.get(meter) ?? 0) + amount]))
}

function spend(amount: number, { wallet, policy }: Means): WalletChange {
  const change = deduct(wallet, { amount, to: 'spent' }, policy)
  assert(change.ok, 'no more is spent than is available')
  return change.value
}

function tooLittle(meter: string, required: number, remaining: number) {
  return refuse({ code: 'credits_insufficient' as const, meter, required, remaining })
}
