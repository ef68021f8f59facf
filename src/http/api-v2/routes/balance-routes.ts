import { Type } from 'typebox'
import { parseAppUserId } from '../../../core/customers/app-user-id.ts'
import { readBalances } from '../../../usecases/catalog/read-balances.ts'
import { type ChangeOperation, changeBalances } from '../../../usecases/wallet/change-balances.ts'
import { minRevisionNumber, reachRevision } from '../../lib/min-revision.ts'
import type { ApiApp, ApiRoute } from '../api-route.ts'
import { balanceFault } from '../balance-fault.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { callerOf } from '../key-guard.ts'
import { pageOf, pageQuery } from '../list-page.ts'
import { CustomerParams, operation, readErrors, refTo, writeErrors } from '../route-schema.ts'
import { BalanceList, balanceToWire } from '../wire/balances-to-wire.ts'

const TAG = 'Customer'
const READ = 'customer_information:purchases:read'
const WRITE = 'customer_information:purchases:read_write'

const balancesUrl = '/projects/:project_id/customers/:customer_id/virtual_currencies'

/** Longest reference that is kept; no published client writes more than an order number. */
const REFERENCE_MAX_LENGTH = 1_500

/** What a longer key would say, a hash of it says too. */
const IDEMPOTENCY_KEY_MAX_LENGTH = 255

/** Counts the changes of a customer, as on the other surfaces. */
const REVISION_HEADER = 'x-purser-revision'

const emptyBalances = { include_empty_balances: Type.Optional(Type.Boolean({ default: false })) }

const listSchema = {
  ...operation('list-virtual-currencies-balances', TAG, "List a customer's balances", READ),
  params: CustomerParams,
  querystring: Type.Object({ ...pageQuery, ...emptyBalances, ...minRevisionNumber }),
  response: { 200: refTo(BalanceList), ...readErrors },
}

const changeSchema = {
  params: CustomerParams,
  querystring: Type.Object(emptyBalances),
  headers: Type.Object({
    'idempotency-key': Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: IDEMPOTENCY_KEY_MAX_LENGTH,
        description: 'Repeats of this request with the same key are done once.',
      }),
    ),
  }),
  body: Type.Object(
    {
      adjustments: Type.Record(
        Type.String(),
        Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
        {
          minProperties: 1,
          description: 'Signed units by currency code: positive deposits, negative spends.',
          examples: [{ GLD: -20, SLV: 10 }],
        },
      ),
      reference: Type.Optional(
        Type.Union([Type.String({ maxLength: REFERENCE_MAX_LENGTH }), Type.Null()], {
          description: 'Kept in the ledger as the reason.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: refTo(BalanceList), ...writeErrors },
}

const CHANGES: ReadonlyArray<{ action: ChangeOperation; operationId: string; summary: string }> = [
  {
    action: 'transactions',
    operationId: 'create-virtual-currencies-transaction',
    summary: "Change a customer's balances, all or none",
  },
  {
    action: 'update_balance',
    operationId: 'update-virtual-currencies-balance',
    summary: "Change a customer's balances, all or none (the same as transactions)",
  },
]

/** Balances of a customer: reading, and the two ways to change them. RevenueCat REST API v2. */
export function balanceRoutes(app: ApiApp, { ctx, guard, links }: ApiRoute): void {
  app.get(balancesUrl, { schema: listSchema, onRequest: guard('customers', READ) }, async (request, reply) => {
    const { projectId } = callerOf(request)
    const userId = customerIdOf(request.params.customer_id)
    const { include_empty_balances: includesEmpty = false, min_revision: _minRevision, ...page } = request.query
    await reachRevision(ctx, request.query, { projectId, appUserId: userId })
    const found = await readBalances(ctx, { projectId, userId, includesEmpty })
    if (!found.ok) throw balanceFault(found.refusal)
    reply.header(REVISION_HEADER, found.value.revision)
    const { items, next, limit } = pageOf(found.value.balances, ({ currency }) => currency.code, page)
    const path = balancesPath(projectId, request.params.customer_id)
    const nextQuery = new URLSearchParams({
      ...(includesEmpty && { include_empty_balances: 'true' }),
      starting_after: next ?? '',
      limit: String(limit),
    })
    return {
      object: 'list' as const,
      items: items.map(({ currency, balance }) => balanceToWire({ ...currency, balance })),
      next_page: next === null ? null : links.of(request, path, nextQuery),
      url: links.of(request, path),
    }
  })

  for (const { action, operationId, summary } of CHANGES) {
    const schema = { ...operation(operationId, TAG, summary, WRITE), ...changeSchema }
    app.post(
      `${balancesUrl}/${action}`,
      { schema, onRequest: guard('transactions', WRITE) },
      async (request, reply) => {
        const { projectId, keyId } = callerOf(request)
        const userId = customerIdOf(request.params.customer_id)
        const path = balancesPath(projectId, request.params.customer_id)
        const key = request.headers['idempotency-key']
        const fingerprint = () => fingerprintOf('POST', [...path, action], request.query, request.body)
        const changed = await changeBalances(ctx, {
          projectId,
          userId,
          operation: action,
          amounts: new Map(Object.entries(request.body.adjustments)),
          reference: request.body.reference ?? null,
          includesEmpty: request.query.include_empty_balances ?? false,
          idempotency: key === undefined ? null : { key, fingerprint: fingerprint() },
          actor: keyId,
          requestId: request.id,
        })
        if (!changed.ok) throw balanceFault(changed.refusal)
        reply.header(REVISION_HEADER, changed.value.revision)
        return {
          object: 'list' as const,
          items: changed.value.balances.map(balanceToWire),
          next_page: null,
          url: links.of(request, path),
        }
      },
    )
  }
}

/** An id that no customer can have names nobody, like any other that is unknown. */
function customerIdOf(text: string): string {
  const parsed = parseAppUserId(text)
  if (!parsed.ok) throw balanceFault({ code: 'customer_not_found' })
  return parsed.value
}

function balancesPath(projectId: string, customerId: string): string[] {
  return ['v2', 'projects', projectId, 'customers', customerId, 'virtual_currencies']
}
