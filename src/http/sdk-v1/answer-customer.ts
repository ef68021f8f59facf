import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CustomerView } from '../../usecases/customers/get-customer.ts'
import type { Ctx } from '../../usecases/ports.ts'
import { callerOf } from './key-guard.ts'
import type { CustomerInfo } from './wire/customer-info.ts'
import { customerToWire } from './wire/customer-to-wire.ts'

/** The header that carries a customer's revision: which change an answer already shows. */
export const REVISION_HEADER = 'x-purser-revision'

/** Makes the customer info answer that all calls about a customer give. Attributes are for servers, not for apps. */
export async function answerCustomer(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  view: CustomerView,
): Promise<CustomerInfo> {
  const caller = callerOf(request)
  reply.header(REVISION_HEADER, view.customer.revision)
  return customerToWire({
    ...view,
    attributes: caller.kind === 'secret' ? await ctx.read.customers.attributes(view.customer) : null,
    callerStore: caller.kind === 'public' ? caller.app.store : null,
    now: ctx.clock.now(),
  })
}
