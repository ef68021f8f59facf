import { deleteCustomer } from '../../src/usecases/customers/delete-customer.ts'
import { grantEntitlement } from '../../src/usecases/entitlements/grant-entitlement.ts'
import { revokeGrants } from '../../src/usecases/entitlements/revoke-grants.ts'
import { performStoreAction } from '../../src/usecases/purchases/perform-store-action.ts'
import { type Answer, acknowledged, refused } from './answer.ts'
import type { Call, WishOf } from './perform.ts'

/** A charge that a store action is about, as `choose-target.ts` finds it. */
export type ChosenCharge = { appUserId: string; storeTransactionId: string; purchaseId: string }

const ENTITLEMENT = 'pro'

export async function actOnPurchase(call: Call, { charge, action }: WishOf<'store_action'>): Promise<Answer> {
  if (charge.chosen === null) return refused({ code: 'no_purchase' })
  const { appUserId, storeTransactionId }: ChosenCharge = JSON.parse(charge.chosen)
  const { projectId } = call.shop.demo
  const done = await performStoreAction(call.ctx, { projectId, appUserId, target: { storeTransactionId }, action })
  return done.ok ? acknowledged(null) : refused(done.refusal)
}

export async function grant({ ctx, shop }: Call, { user, lifeMs }: WishOf<'grant'>): Promise<Answer> {
  const terms = { endsAt: ctx.clock.now() + lifeMs, duration: null, startsAt: null }
  const whom = { projectId: shop.demo.projectId, appUserId: user, entitlement: ENTITLEMENT }
  const done = await grantEntitlement(ctx, { ...whom, terms, by: 'operator' })
  return done.ok ? acknowledged(null) : refused(done.refusal)
}

export async function endGrantsOrCustomer(call: Call, { kind, user }: WishOf<'revoke' | 'delete'>): Promise<Answer> {
  const whom = { projectId: call.shop.demo.projectId, appUserId: user }
  const done = await (kind === 'revoke'
    ? revokeGrants(call.ctx, { ...whom, entitlement: ENTITLEMENT })
    : deleteCustomer(call.ctx, { ...whom, by: 'operator' }))
  return done.ok ? acknowledged(null) : refused(done.refusal)
}
