import { type AttributeFault, type AttributeInput, decideAttributes } from '../../core/customers/attributes.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx, Tx } from '../ports.ts'
import { openCustomer } from './open-customer.ts'
import { recordChange } from './record-change.ts'

/** Saves the attributes that are good and names those that are not. Creates the customer when the id is new. */
export async function setAttributes(
  ctx: Ctx,
  input: { projectId: string; appUserId: string; attributes: readonly AttributeInput[] },
): Promise<{ customer: Customer; faults: AttributeFault[] }> {
  const saved = await ctx.transaction(async (tx) => {
    const { customer } = await openCustomer(tx, ctx, input.projectId, input.appUserId)
    return ok(await saveAttributes(tx, ctx, customer, input.attributes))
  })
  if (!saved.ok) throw new Error('setting attributes has no refusals')
  return saved.value
}

async function saveAttributes(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  inputs: readonly AttributeInput[],
): Promise<{ customer: Customer; faults: AttributeFault[] }> {
  const now = ctx.clock.now()
  const { changes, faults } = decideAttributes(await tx.customers.attributes(customer), inputs, now)
  if (changes.size === 0) return { customer, faults }
  await tx.customers.setAttributes(customer, changes)
  return {
    customer: await recordChange(tx, customer, { kinds: ['profile'], cause: 'profile', events: [], now }),
    faults,
  }
}
