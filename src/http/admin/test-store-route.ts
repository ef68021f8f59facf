import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { performStoreAction, type StoreActionRefusal } from '../../usecases/purchases/perform-store-action.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { type AdminErrorCode, CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { DAYS_MAX, parseTesterAction, TESTER_ACTIONS } from './parse-tester-action.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'

const schema = {
  operationId: 'actInTestStore',
  summary: 'Make something happen to a Test Store purchase now',
  description:
    'For tests and demos: renews, fails a charge, refunds, pauses or changes the product, and everything follows as it ' +
    'would with a real store: access, units, events. Purchases of other stores are refused.',
  tags: ['Purchases'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  body: Type.Object({
    action: Type.Union(TESTER_ACTIONS.map((action) => Type.Literal(action))),
    product_id: Type.Optional(Type.String({ description: 'The latest purchase of this product. Or:' })),
    store_transaction_id: Type.Optional(Type.String({ description: 'The purchase with this charge.' })),
    grace_days: Type.Optional(Type.Integer({ minimum: 0, maximum: DAYS_MAX, description: 'For `fail_billing`.' })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: DAYS_MAX, description: 'For `pause`.' })),
    percent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'For `refund_part`.' })),
    new_product_id: Type.Optional(Type.String({ description: 'For `change_product`.' })),
    at_renewal: Type.Optional(Type.Boolean({ description: 'For `change_product`: not now but with the next charge.' })),
  }),
  response: {
    200: Type.Object(
      { user_id: Type.String(), revision: Type.Integer() },
      { description: 'Done. The revision of the user that shows it.' },
    ),
    ...errorSchemas(404, 422),
  },
}

const CODES = {
  customer_unknown: 'rc_customer_not_found',
  purchase_unknown: 'purchase_not_found',
  action_unsupported: 'store_action_refused',
  action_refused: 'store_action_refused',
  receipt_invalid: 'store_action_refused',
  product_unknown: 'store_action_refused',
  store_unavailable: 'store_action_refused',
} as const satisfies Record<StoreActionRefusal['code'], AdminErrorCode>

/** `POST /admin/test-store/users/{user_id}/actions`. */
export function testStoreRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.post('/test-store/users/:user_id/actions', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: appUserId } = request.params as { user_id: string }
    const read = parseTesterAction(request.body)
    const problem = userIdProblem(appUserId)
    const problems = [...(problem === null ? [] : [`user_id: ${problem}`]), ...(read.ok ? [] : read.refusal)]
    if (!read.ok || problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const done = await performStoreAction(ctx, { projectId: project.value, appUserId, ...read.value })
    if (!done.ok) return sendError(reply, CODES[done.refusal.code], { text: wordsOf(done.refusal) })
    return reply.send({ user_id: appUserId, revision: done.value.revision })
  })
}

function wordsOf(refusal: StoreActionRefusal): string {
  switch (refusal.code) {
    case 'customer_unknown':
      return 'nobody has this id'
    case 'purchase_unknown':
      return 'the user has no such purchase'
    case 'action_unsupported':
      return `purchases of ${refusal.store} cannot be changed here`
    case 'product_unknown':
      return `the app does not sell the subscription ${refusal.storeProductId}`
    default:
      return refusal.problem
  }
}
