import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CustomerView } from '../../usecases/customers/get-customer.ts'
import type { Ctx } from '../../usecases/ports.ts'
import { callerOf } from './key-guard.ts'
import type { CustomerInfo } from './wire/customer-info.ts'
import { customerText } from './wire/customer-text.ts'
import { type CustomerFacts, customerToWire } from './wire/customer-to-wire.ts'

/** The header that carries a customer's revision: which change an answer already shows. */
export const REVISION_HEADER = 'x-purser-revision'

/** Makes the customer info answer that all calls about a customer give. Attributes are for servers, not for apps. */
export async function answerCustomer(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  view: CustomerView,
): Promise<CustomerInfo> {
  reply.header(REVISION_HEADER, view.customer.revision)
  return customerToWire(await factsFor(ctx, request, view))
}

/** Sends the same answer to a read, with its tag. Nothing is written again that was written before. */
export async function sendCustomer(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  view: CustomerView,
  isVisit: boolean,
): Promise<FastifyReply> {
  const { body, tag } = customerText(await factsFor(ctx, request, view), isVisit)
  reply.sdkTag = tag
  return reply.header(REVISION_HEADER, view.customer.revision).type('application/json; charset=utf-8').send(body)
}

async function factsFor(ctx: Ctx, request: FastifyRequest, view: CustomerView): Promise<CustomerFacts> {
  const caller = callerOf(request)
  return {
    ...view,
    attributes: caller.kind === 'secret' ? await ctx.read.customers.attributes(view.customer) : null,
    callerStore: caller.kind === 'public' ? caller.app.store : null,
    now: ctx.clock.now(),
  }
}
