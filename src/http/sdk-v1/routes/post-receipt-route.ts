import type { FastifyRequest } from 'fastify'
import type { Customer } from '../../../core/customers/customer.ts'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { rememberCountry } from '../../../usecases/customers/remember-country.ts'
import { setAttributes } from '../../../usecases/customers/set-attributes.ts'
import type { Ctx } from '../../../usecases/ports.ts'
import { type PostedReceipt, postReceipt, type ReceiptInput } from '../../../usecases/purchases/post-receipt.ts'
import { answerCustomer } from '../answer-customer.ts'
import { deviceFactsOf } from '../device-facts.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { receiptApp } from '../receipt-app.ts'
import { receiptFault } from '../receipt-fault.ts'
import { receiptsInFlight } from '../receipts-in-flight.ts'
import { requirePlatform } from '../require-platform.ts'
import { ERRORS, operation, PlatformHeader } from '../route-schema.ts'
import { faultBody, type SdkErrorBody, SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { storefrontOf } from '../storefront.ts'
import { attributeErrors, attributesFromWire } from '../wire/attributes-from-wire.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'
import { productKeyOf } from '../wire/product-key.ts'
import { type Receipt, ReceiptBody, receiptFromWire } from '../wire/receipt-from-wire.ts'

const schema = {
  ...operation('postReceipt', 'Purchases', 'Record a purchase', 'receipt'),
  description:
    'The same token again is the same purchase. `X-Platform` is required. After 4xx the SDK drops the purchase, after ' +
    '5xx it keeps it and posts it again. With a secret key, the platform says which app sold it.',
  headers: PlatformHeader,
  body: ReceiptBody,
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/receipts`. RevenueCat REST API v1. */
export function postReceiptRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const inFlight = receiptsInFlight()
  const options = { schema, onRequest: guard('receipt'), preValidation: requirePlatform }
  app.post('/receipts', options, async (request, reply) => {
    const { input, receipt } = await readReceipt(ctx, request, request.body)
    const { store, appId } = input.app
    const posted = await inFlight(`${appId} ${ctx.hash(input.fetchToken)}`, () => postReceipt(ctx, input))
    if (!posted.ok) throw receiptFault(posted.refusal, store)
    const { customer, error } = await keepBeside(ctx, request, input, receipt, posted.value)
    return {
      ...(await answerCustomer(ctx, request, reply, await viewCustomer(ctx, customer))),
      purchased_products: purchasedProducts(posted.value),
      ...(error === null ? {} : { attributes_error_response: error }),
    }
  })
}

async function readReceipt(
  ctx: Ctx,
  request: FastifyRequest,
  body: ReceiptBody,
): Promise<{ input: ReceiptInput; receipt: Receipt }> {
  const appUserId = readAppUserId(body.app_user_id)
  const app = await receiptApp(ctx, request, body.fetch_token ?? '')
  const read = receiptFromWire(body, app.store)
  if (!read.ok) throw receiptFault(read.refusal, app.store)
  const project = await ctx.read.projects.get(app.projectId)
  if (project === null) throw new SdkFault('key_invalid')
  return { input: { project, app, appUserId, ...read.value }, receipt: read.value }
}

/** Keeps what came along with a receipt, once the purchase is safe. None of it can undo the purchase. */
async function keepBeside(
  ctx: Ctx,
  request: FastifyRequest,
  input: ReceiptInput,
  { facts }: Receipt,
  { customer }: PostedReceipt,
): Promise<{ customer: Customer; error: SdkErrorBody | null }> {
  await rememberCountry(ctx, customer, storefrontOf(request) ?? facts.storeCountry ?? null)
  return saveAttributes(ctx, request, input, customer)
}

/** Attributes travel with a receipt; bad ones are told beside the answer, for the purchase stands. */
async function saveAttributes(
  ctx: Ctx,
  request: FastifyRequest,
  { app: { projectId }, appUserId }: ReceiptInput,
  buyer: Customer,
): Promise<{ customer: Customer; error: SdkErrorBody | null }> {
  const { attributes = null } = request.body as ReceiptBody
  if (attributes === null) return { customer: buyer, error: null }
  const read = attributesFromWire(attributes, deviceFactsOf(request))
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
