import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Customer } from '../../../core/customers/customer.ts'
import type { Result } from '../../../core/lib/result.ts'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { type DeferRefusal, deferSubscription, type NewEnd } from '../../../usecases/purchases/defer-subscription.ts'
import { performStoreAction, type StoreActionInput } from '../../../usecases/purchases/perform-store-action.ts'
import { answerCustomer } from '../answer-customer.ts'
import { secretKeyOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { storeActionFault } from '../store-action-fault.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'
import { nullable } from '../wire/values.ts'

/** Google Play moves a renewal by a year at most, the App Store by 90 days. */
const DEFER_DAYS_MAX = 365
const EXTEND_DAYS_MAX = 90

/** 9999-12-31: dates have four digits for the year. */
const INSTANT_MAX = 253_402_300_799_000

const ProductParams = Type.Object({
  ...CustomerParams.properties,
  product_identifier: Type.String({ description: 'Of Google Play without the base plan.', examples: ['pro_monthly'] }),
})
const TransactionParams = Type.Object({
  ...CustomerParams.properties,
  store_transaction_identifier: Type.String({ description: 'Any charge of the purchase.' }),
})
const DeferBody = Type.Object({
  expiry_time_ms: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: INSTANT_MAX }))),
  extend_by_days: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: DEFER_DAYS_MAX }))),
})
const OF_PRODUCT = '/subscribers/:app_user_id/subscriptions/:product_identifier'
const OF_TRANSACTION = '/subscribers/:app_user_id/subscriptions/:store_transaction_identifier'
const REFUND = '/subscribers/:app_user_id/transactions/:store_transaction_identifier/refund'
const REVOKE = { kind: 'revoke' } as const
const CANCEL = { kind: 'cancel' } as const
const response = { 200: CustomerInfoRef, ...ERRORS }

const revokeSchema = {
  ...operation('revokeSubscription', 'Purchases', 'End a subscription now and give its last payment back', 'secret'),
  params: ProductParams,
  response,
}
const deferSchema = {
  ...operation('deferSubscription', 'Purchases', 'Move the next renewal of a subscription', 'secret'),
  description: 'One of the two is required; `expiry_time_ms` wins.',
  params: ProductParams,
  body: DeferBody,
  response,
}
const refundSchema = {
  ...operation('refundTransaction', 'Purchases', 'Give the payment of one transaction back', 'secret'),
  params: TransactionParams,
  response,
}
const cancelSchema = {
  ...operation('cancelSubscription', 'Purchases', 'Switch the renewal of a subscription off', 'secret'),
  params: TransactionParams,
  response,
}
const extendSchema = {
  ...operation('extendSubscription', 'Purchases', 'Give days of a subscription for nothing', 'secret'),
  description: 'The reason: 0 undeclared, 1 customer satisfaction, 2 other, 3 service issue or outage.',
  params: TransactionParams,
  body: Type.Object({
    extend_by_days: Type.Integer({ minimum: 1, maximum: EXTEND_DAYS_MAX }),
    extend_reason_code: Type.Integer({ minimum: 0, maximum: 3 }),
  }),
  response,
}

/** The store actions of REST API v1. Two take a product, three a transaction: paths of one shape. */
export function storeActionRoutes(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const onRequest = guard('secret')
  const answer = async (request: FastifyRequest, reply: FastifyReply, done: Result<Customer, DeferRefusal>) => {
    if (!done.ok) throw storeActionFault(done.refusal)
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, done.value))
  }
  const perform = async (request: FastifyRequest, reply: FastifyReply, input: Omit<StoreActionInput, 'projectId'>) =>
    answer(request, reply, await performStoreAction(ctx, { ...input, projectId: secretKeyOf(request).projectId }))

  app.post(`${OF_PRODUCT}/revoke`, { schema: revokeSchema, onRequest }, (request, reply) => {
    const { app_user_id: id, product_identifier: storeProductId } = request.params
    return perform(request, reply, { appUserId: readAppUserId(id), target: { storeProductId }, action: REVOKE })
  })
  app.post(`${OF_PRODUCT}/defer`, { schema: deferSchema, onRequest }, async (request, reply) => {
    const { app_user_id: id, product_identifier: storeProductId } = request.params
    const { projectId } = secretKeyOf(request)
    const input = { projectId, appUserId: readAppUserId(id), storeProductId, until: readNewEnd(request.body) }
    return answer(request, reply, await deferSubscription(ctx, input))
  })
  app.post(`${OF_TRANSACTION}/cancel`, { schema: cancelSchema, onRequest }, (request, reply) => {
    const { app_user_id: id, store_transaction_identifier: storeTransactionId } = request.params
    return perform(request, reply, { appUserId: readAppUserId(id), target: { storeTransactionId }, action: CANCEL })
  })
  app.post(`${OF_TRANSACTION}/extend`, { schema: extendSchema, onRequest }, (request, reply) => {
    const { app_user_id: id, store_transaction_identifier: storeTransactionId } = request.params
    const { extend_by_days: days, extend_reason_code: reasonCode } = request.body
    const action = { kind: 'extend' as const, days, reasonCode }
    return perform(request, reply, { appUserId: readAppUserId(id), target: { storeTransactionId }, action })
  })
  app.post(REFUND, { schema: refundSchema, onRequest }, (request, reply) => {
    const { app_user_id: id, store_transaction_identifier: storeTransactionId } = request.params
    const action = { kind: 'refund' as const, storeTransactionId }
    return perform(request, reply, { appUserId: readAppUserId(id), target: { storeTransactionId }, action })
  })
}

function readNewEnd({ expiry_time_ms: expiresAt, extend_by_days: days }: Static<typeof DeferBody>): NewEnd {
  if (typeof expiresAt === 'number') return { expiresAt }
  if (typeof days === 'number') return { days }
  throw new SdkFault('bad_request', 'expiry_time_ms or extend_by_days is required.')
}
