import type { FastifyInstance } from 'fastify'
import { sendError } from './errors.ts'

/** What an upstream can do. Everything else about credits takes a ledger of our own: holds, lots, bulk, approvals. */
const POSSIBLE = new Set([
  'listCurrencies',
  'listBalances',
  'adjustBalance',
  'adjustBalanceOfUser',
  'reverseTransaction',
  'listTransactions',
  'getTransaction',
])

const CREDITS = '/admin/credits/'

/**
 * Refuses what cannot be done where another server keeps the balances, after the guard has let the caller in. A route
 * that is added later is refused until it is listed: by the own ledger it would answer about other balances.
 */
export function refuseWithoutLedger(app: FastifyInstance): void {
  app.addHook('preHandler', async (request, reply) => {
    const { url = '', schema } = request.routeOptions
    const operation = (schema as { operationId?: string } | undefined)?.operationId ?? ''
    if (!url.startsWith(CREDITS) || POSSIBLE.has(operation)) return undefined
    return sendError(reply, 'not_available_in_upstream_mode')
  })
}
