import type { ProductGrant } from '../../core/catalog/catalog.ts'
import type { GrantsRefusal } from '../../core/catalog/check-grants.ts'
import { type ConfiguredCurrency, CURRENCIES_MAX } from '../../core/catalog/currency.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { changeCatalog } from './change-catalog.ts'
import { judgeGrants } from './judge-grants.ts'

export type NewCurrency = {
  projectId: string
  code: string
  name: string
  description: string | null
  grants: readonly ProductGrant[]
}

export type CreateCurrencyRefusal =
  | GrantsRefusal
  | { code: 'currency_exists'; currency: string }
  /** Archived currencies count too: they can come back. */
  | { code: 'too_many_currencies'; maximum: number }

/** Adds a currency to a project, with what feeds it. Its code is its identity and never changes. */
export function createCurrency(
  ctx: Ctx,
  input: NewCurrency,
): Promise<Result<ConfiguredCurrency, CreateCurrencyRefusal>> {
  const { projectId, grants, ...named } = input
  return changeCatalog<ConfiguredCurrency, CreateCurrencyRefusal>(ctx, projectId, async (tx) => {
    const existing = await tx.catalog.currencies(projectId)
    if (existing.some(({ code }) => code === named.code)) {
      return refuse({ code: 'currency_exists', currency: named.code })
    }
    if (existing.length >= CURRENCIES_MAX) return refuse({ code: 'too_many_currencies', maximum: CURRENCIES_MAX })
    const judged = await judgeGrants(tx, projectId, grants)
    if (!judged.ok) return judged
    const createdAt = ctx.clock.now()
    await tx.catalog.insertCurrency(projectId, named, createdAt)
    await tx.catalog.replaceGrants(projectId, named.code, grants)
    return ok({ ...named, grants, createdAt, archivedAt: null })
  })
}
