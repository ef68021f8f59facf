import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx, CustomerPurchases } from '../ports.ts'
import { openCustomer } from './open-customer.ts'

/** All that a customer info answer is made of. */
export type CustomerView = CustomerPurchases & { catalog: Catalog }

/**
 * Reads a customer, and creates one when the id is new. `touch` is given for calls of an SDK and moves `lastSeenAt`;
 * a plain look leaves no trace.
 */
export async function getCustomer(
  ctx: Ctx,
  input: { projectId: string; appUserId: string; touch: boolean },
): Promise<CustomerView & { created: boolean }> {
  const [known, catalog] = await Promise.all([
    ctx.read.customers.view(input.projectId, input.appUserId),
    ctx.read.catalog.ofProject(input.projectId),
  ])
  if (known === null) {
    const { customer, created } = await createByReading(ctx, input)
    return { customer, created, purchases: await ctx.read.purchases.ofCustomer(customer), catalog }
  }
  const customer = input.touch ? await touchCustomer(ctx, known.customer) : known.customer
  return { ...known, customer, created: false, catalog }
}

/** Reads the same view of a customer that a use case just changed. */
export async function viewCustomer(ctx: Ctx, customer: Customer): Promise<CustomerView> {
  const [purchases, catalog] = await Promise.all([
    ctx.read.purchases.ofCustomer(customer),
    ctx.read.catalog.ofProject(customer.projectId),
  ])
  return { customer, purchases, catalog }
}

async function createByReading(
  ctx: Ctx,
  input: { projectId: string; appUserId: string },
): Promise<{ customer: Customer; created: boolean }> {
  const opened = await ctx.transaction(async (tx) => ok(await openCustomer(tx, ctx, input.projectId, input.appUserId)))
  if (!opened.ok) throw new Error('opening a customer has no refusals')
  return opened.value
}

/** Answers carry whole seconds, so one write a second says everything. */
async function touchCustomer(ctx: Ctx, customer: Customer): Promise<Customer> {
  const now = ctx.clock.now()
  if (Math.floor(now / 1000) <= Math.floor(customer.lastSeenAt / 1000)) return customer
  await ctx.read.customers.touch(customer, now)
  return { ...customer, lastSeenAt: now }
}
