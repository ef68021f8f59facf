import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx, CustomerPurchases } from '../ports.ts'
import { countVisit } from './count-visit.ts'
import { isCountedForAll, isSandboxCounted } from './is-sandbox-counted.ts'
import { openCustomer } from './open-customer.ts'

/** All that a customer info answer is made of. */
export type CustomerView = CustomerPurchases & {
  catalog: Catalog
  /** Whether the customer's sandbox purchases give access. */
  isSandboxCounted: boolean
}

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
    return { ...(await viewCustomer(ctx, customer)), created }
  }
  const customer = input.touch
    ? await countVisit(ctx.read, known.customer, input.appUserId, ctx.clock.now())
    : known.customer
  return {
    ...known,
    customer,
    created: false,
    catalog,
    isSandboxCounted: isCountedForAll(catalog) ?? (await isSandboxCounted(ctx.read, catalog, customer)),
  }
}

/** Reads the same view of a customer that a use case just changed. */
export async function viewCustomer(ctx: Ctx, customer: Customer): Promise<CustomerView> {
  const [purchases, grants, catalog] = await Promise.all([
    ctx.read.purchases.ofCustomer(customer),
    ctx.read.entitlementGrants.ofCustomer(customer),
    ctx.read.catalog.ofProject(customer.projectId),
  ])
  return { customer, purchases, grants, catalog, isSandboxCounted: await isSandboxCounted(ctx.read, catalog, customer) }
}

async function createByReading(
  ctx: Ctx,
  input: { projectId: string; appUserId: string },
): Promise<{ customer: Customer; created: boolean }> {
  const opened = await ctx.transaction(async (tx) => ok(await openCustomer(tx, ctx, input.projectId, input.appUserId)))
  if (!opened.ok) throw new Error('opening a customer has no refusals')
  return opened.value
}
