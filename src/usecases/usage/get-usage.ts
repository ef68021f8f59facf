import type { Customer } from '../../core/customers/customer.ts'
import { purchasesInForce } from '../../core/entitlements/testing-access.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { UsageConfig } from '../../core/usage/config.ts'
import { type Standing, standingOf } from '../../core/usage/standing.ts'
import { isSandboxCounted } from '../customers/is-sandbox-counted.ts'
import type { Ctx } from '../ports.ts'
import { loadUsageConfig, type UnconfiguredRefusal } from './load-usage-config.ts'
import { creditsCapOf } from './read-credits-cap.ts'

/** What a customer may use and has used in the current period, and what is in the wallets. */
export type UsageView = {
  config: UsageConfig
  standing: Standing
  /** By meter id and `credits`; what is not there is zero. */
  used: ReadonlyMap<string, number>
  balances: ReadonlyArray<{ code: string; balance: number }>
  /** 0 for a user who was never seen. */
  revision: number
}

/** Reads a user's usage and changes nothing: a user who was never seen gets the default tier and stays unknown. */
export async function getUsage(
  ctx: Pick<Ctx, 'clock' | 'read'>,
  input: { projectId: string; appUserId: string },
): Promise<Result<UsageView, UnconfiguredRefusal>> {
  const config = await loadUsageConfig(ctx, input.projectId)
  if (!config.ok) return config
  const customer = await ctx.read.customers.findByAppUserId(input.projectId, input.appUserId)
  return ok(await viewUsage(ctx, config.value, input.projectId, customer))
}

async function viewUsage(
  ctx: Pick<Ctx, 'clock' | 'read'>,
  config: UsageConfig,
  projectId: string,
  customer: Customer | null,
): Promise<UsageView> {
  const [catalog, bought, grants, amounts, creditsCap] = await Promise.all([
    ctx.read.catalog.ofProject(projectId),
    customer === null ? [] : ctx.read.purchases.ofCustomer(customer),
    customer === null ? [] : ctx.read.entitlementGrants.ofCustomer(customer),
    customer === null ? new Map<string, number>() : ctx.read.wallet.balances(customer),
    customer === null ? null : creditsCapOf(ctx.read.usage, customer),
  ])
  const purchases = purchasesInForce(bought, await isSandboxCounted(ctx.read, catalog, customer))
  const standing = standingOf(config, { purchases, grants, creditsCap }, catalog, ctx.clock.now())
  return {
    config,
    standing,
    used: customer === null ? new Map() : await ctx.read.usage.counters(customer, standing.period.key),
    balances: catalog.currencies.map(({ code }) => ({ code, balance: amounts.get(code) ?? 0 })),
    revision: customer?.revision ?? 0,
  }
}
