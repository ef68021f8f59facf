import { ok } from '../../core/lib/result.ts'
import type { SupportTicket } from '../ports/customer-center.ts'
import type { Ctx } from '../ports.ts'
import { openCustomer } from './open-customer.ts'

/** Tickets kept of one customer: whoever writes more often has said it before, and a key in an app is public. */
const TICKETS_PER_CUSTOMER_MAX = 20

/** Keeps what somebody wrote to the team from an app; the oldest makes room. Creates the customer when the id is new. */
export async function createTicket(
  ctx: Ctx,
  input: { projectId: string } & Pick<SupportTicket, 'appUserId' | 'email' | 'description'>,
): Promise<void> {
  await ctx.transaction(async (tx) => {
    const { customer } = await openCustomer(tx, ctx, input.projectId, input.appUserId)
    const { appUserId, email, description } = input
    const ticket = { ticketId: ctx.ids.next('ticket'), appUserId, email, description, createdAt: ctx.clock.now() }
    await tx.customerCenters.insertTicket(customer, ticket)
    return ok(await tx.customerCenters.deleteTicketsBeyond(customer, TICKETS_PER_CUSTOMER_MAX))
  })
}
