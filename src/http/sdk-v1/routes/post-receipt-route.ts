import type { FastifyRequest } from 'fastify'
import type { Customer } from '../../../core/customers/customer.ts'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { setAttributes } from '../../../usecases/customers/set-attributes.ts'
import type { Ctx } from '../../../usecases/ports.ts'
import { type PostedReceipt, postReceipt, type ReceiptInput } from '../../../usecases/purchases/post-receipt.ts'
import { answerCustomer } from '../answer-customer.ts'
import { deviceFactsOf } from '../device-facts.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { receiptFault } from '../receipt-fault.ts'
import { requirePlatform } from '../require-platform.ts'
import { ERRORS, operation, PlatformHeader } from '../route-schema.ts'
import { faultBody, type SdkErrorBody, SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { attributeErrors, attributesFromWire } from '../wire/attributes-from-wire.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'
import { productKeyOf } from '../wire/product-key.ts'
import { ReceiptBody, receiptFromWire } from '../wire/receipt-from-wire.ts'

const schema = {
  ...operation('postReceipt', 'Purchases', 'Record a purchase', 'public'),
  description:
    'The same token again is the same purchase. `X-Platform` is required. After 4xx the SDK drops the purchase, after ' +
    '5xx it keeps it and posts it again.',
  headers: PlatformHeader,
  body: ReceiptBody,
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/receipts`. RevenueCat REST API v1. */
export function postReceiptRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const options = { schema, onRequest: guard('public'), preValidation: requirePlatform }
  app.post('/receipts', options, async (request, reply) => {
    const input = await receiptInput(ctx, request, request.body)
    const posted = await postReceipt(ctx, input)
    if (!posted.ok) throw receiptFault(posted.refusal, input.app.store)
    const { customer, error } = await saveAttributes(ctx, request, request.body, input, posted.value.customer)
    return {
      ...(await answerCustomer(ctx, request, reply, await viewCustomer(ctx, customer))),
      purchased_products: purchasedProducts(posted.value),
      ...(error === null ? {} : { attributes_error_response: error }),
    }
  })
}

async function receiptInput(ctx: Ctx, request: FastifyRequest, body: ReceiptBody): Promise<ReceiptInput> {
  const app = appOf(request)
  const appUserId = readAppUserId(body.app_user_id)
  const receipt = receiptFromWire(body, app.store)
  if (!receipt.ok) throw receiptFault(receipt.refusal, app.store)
  const project = await ctx.read.projects.get(app.projectId)
  if (project === null) throw new SdkFault('key_invalid')
  return { project, app, appUserId, ...receipt.value }
}

/** Attributes travel with a receipt; bad ones are told beside the answer, for the purchase stands. */
async function saveAttributes(
  ctx: Ctx,
  request: FastifyRequest,
  body: ReceiptBody,
  { app: { projectId }, appUserId }: ReceiptInput,
  buyer: Customer,
): Promise<{ customer: Customer; error: SdkErrorBody | null }> {
  if ((body.attributes ?? null) === null) return { customer: buyer, error: null }
  const read = attributesFromWire(body.attributes, deviceFactsOf(request))
  if (read === null) return { customer: buyer, error: faultBody('attributes_malformed') }
  const { customer, faults } =
    read.inputs.length === 0
      ? { customer: buyer, faults: [] }
      : await setAttributes(ctx, { projectId, appUserId, attributes: read.inputs })
  const all = [...read.faults, ...faults]
  const error = all.length === 0 ? null : faultBody('attributes_refused', undefined, attributeErrors(all))
  return { customer, error }
}

/** Tells Android whether to consume the purchase: one that it does not consume can never be bought again. */
function purchasedProducts({ purchase, catalog }: PostedReceipt): Record<string, { should_consume: boolean }> {
  return Object.fromEntries([[productKeyOf(purchase, catalog), { should_consume: purchase.type === 'consumable' }]])
}
