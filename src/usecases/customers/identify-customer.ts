import { type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import { planAlias, planIdentify } from '../../core/customers/identify.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx, Tx } from '../ports.ts'
import { knownId, type LockedPair, lockPair } from './lock-pair.ts'
import { mergeCustomers } from './merge-customers.ts'
import { openCustomer } from './open-customer.ts'
import { recordChange } from './record-change.ts'

export type IdentifyInput = { projectId: string; appUserId: string; newAppUserId: string }

/**
 * Logs an app in: answers the customer of the new id, and whether that id came into being. The new id is the one that was
 * seen last from then on. REST API v1, identify.
 */
export async function identifyCustomer(
  ctx: Ctx,
  input: IdentifyInput,
): Promise<Result<{ customer: Customer; created: boolean }, never>> {
  return ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, input.projectId, input.appUserId, input.newAppUserId)
    const current = await knownId(tx, input.appUserId, pair.one)
    const next = await knownId(tx, input.newAppUserId, pair.other)
    const plan = planIdentify(current, next)
    const found =
      plan === 'switch'
        ? await openCustomer(tx, ctx, input.projectId, input.newAppUserId)
        : await join(tx, ctx, input, plan, pair)
    const now = ctx.clock.now()
    await tx.customers.touch(found.customer, input.newAppUserId, now)
    return ok({ ...found, customer: { ...found.customer, lastSeenAt: now } })
  })
}

/** Makes two ids names of one customer; refuses to join two that people have logged in to. REST API v1, alias. */
export async function aliasCustomer(
  ctx: Ctx,
  input: IdentifyInput,
): Promise<Result<{ customer: Customer; created: boolean }, { code: 'alias_refused' }>> {
  return ctx.transaction(async (tx) => {
    const pair = await lockPair(tx, input.projectId, input.appUserId, input.newAppUserId)
    const one = await knownId(tx, input.appUserId, pair.one)
    const other = await knownId(tx, input.newAppUserId, pair.other)
    const plan = areOne(pair) || input.appUserId === input.newAppUserId ? 'attach' : planAlias(one, other)
    if (plan === 'refuse') return refuse({ code: 'alias_refused' as const })
    return ok(await join(tx, ctx, input, plan, pair))
  })
}

/** Whether both ids already name one customer, so that asking again changes nothing. */
function areOne({ one, other }: LockedPair): boolean {
  return one !== null && other !== null && isSameCustomer(one, other)
}

async function join(
  tx: Tx,
  ctx: Ctx,
  input: IdentifyInput,
  plan: 'attach' | 'merge',
  pair: LockedPair,
): Promise<{ customer: Customer; created: boolean }> {
  const { one, other } = pair
  if (one !== null && other !== null) {
    if (plan === 'attach' || one.customerId === other.customerId) return { customer: other, created: false }
    return { customer: await mergeCustomers(tx, ctx, other, one), created: false }
  }
  if (one === null && other === null) {
    const opened = await openCustomer(tx, ctx, input.projectId, input.appUserId)
    const attached = await attach(tx, ctx, opened.customer, input.newAppUserId)
    return { customer: attached.customer, created: opened.created || attached.isNewName }
  }
  if (one !== null) {
    const { customer, isNewName } = await attach(tx, ctx, one, input.newAppUserId)
    return { customer, created: isNewName }
  }
  if (other !== null) {
    const { customer } = await attach(tx, ctx, other, input.appUserId)
    return { customer, created: false }
  }
  throw new Error('broken invariant: every case of two ids is handled')
}

/**
 * Gives a customer one more name, unless a parallel request just did. One that took the name for another customer makes
 * this transaction start over.
 */
async function attach(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  appUserId: string,
): Promise<{ customer: Customer; isNewName: boolean }> {
  const now = ctx.clock.now()
  if (await tx.customers.claimAppUserId(customer, appUserId, now)) {
    const changed = await recordChange(tx, customer, { kinds: ['profile'], cause: 'merge', events: [], now })
    return { customer: changed, isNewName: true }
  }
  const owner = await tx.customers.findByAppUserId(customer.projectId, appUserId)
  if (owner?.customerId === customer.customerId) return { customer, isNewName: false }
  throw new ConflictError('an app user id was taken by a parallel request')
}
