import { ok } from '../../core/lib/result.ts'
import { openCustomer } from '../customers/open-customer.ts'
import type { Device } from '../ports/devices.ts'
import type { Ctx } from '../ports.ts'

/** Devices of one customer: more than a person has. The one that was registered longest ago gives way. */
export const DEVICES_MAX = 20

export type DeviceInput = { projectId: string; userId: string } & Omit<Device, 'registeredAt'>

/**
 * Registers a device of a user for background pushes, or renews it; creates the customer with the first use of the id.
 * Nothing that a client reads changes, so no revision is raised. A token that was another user's is that user's no more.
 */
export async function registerDevice(ctx: Ctx, { projectId, userId, ...device }: DeviceInput): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    const { customer } = await openCustomer(tx, ctx, projectId, userId)
    const registered = { ...device, registeredAt: ctx.clock.now() }
    await tx.devices.deleteTokenElsewhere(customer, registered)
    await tx.devices.save(customer, registered)
    await tx.devices.deleteBeyond(customer, DEVICES_MAX)
    return ok(null)
  })
}

/** Ends the registration of a device. Answers whether there was one. */
export async function unregisterDevice(
  ctx: Pick<Ctx, 'transaction'>,
  { projectId, userId, deviceId }: { projectId: string; userId: string; deviceId: string },
): Promise<boolean> {
  const removed = await ctx.transaction<boolean, never>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(projectId, userId)
    return ok(customer !== null && (await tx.devices.delete(customer, deviceId)))
  })
  return removed.ok && removed.value
}
