import type { Customer } from '../../core/customers/customer.ts'
import { DAY_MS } from '../../core/lib/clock.ts'
import { type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { performStoreAction, type StoreActionRefusal } from './perform-store-action.ts'

/** The new end of the current period, or days to add to it. */
export type NewEnd = { expiresAt: number } | { days: number }

export type DeferInput = {
  projectId: string
  appUserId: string
  /** The product, by its identifier at the store; of Google Play without the base plan. */
  storeProductId: string
  until: NewEnd
}

export type DeferRefusal = StoreActionRefusal | { code: 'end_not_later' }

/** Has the store move the next renewal of a subscription to a later instant. REST API v1, defer. */
export async function deferSubscription(ctx: Ctx, input: DeferInput): Promise<Result<Customer, DeferRefusal>> {
  const { projectId, appUserId, storeProductId, until } = input
  const [view, catalog] = await Promise.all([
    ctx.read.customers.view(projectId, appUserId),
    ctx.read.catalog.ofProject(projectId),
  ])
  if (view === null) return refuse({ code: 'customer_unknown' })
  const purchase = view.purchases.findLast(
    ({ productId }) => catalog.products.get(productId)?.storeProductId.split(':')[0] === storeProductId,
  )
  if (purchase === undefined) return refuse({ code: 'purchase_unknown' })
  const endsAt = purchase.expiresAt
  if (endsAt === null) return refuse({ code: 'action_refused', problem: 'the purchase has no end that could be moved' })
  const expiresAt = 'days' in until ? endsAt + until.days * DAY_MS : until.expiresAt
  if (expiresAt <= endsAt) return refuse({ code: 'end_not_later' })
  const action = { kind: 'defer' as const, expiresAt }
  return performStoreAction(ctx, { projectId, appUserId, target: { storeProductId }, action })
}
