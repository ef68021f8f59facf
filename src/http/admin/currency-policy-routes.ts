import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { findCurrencyNow } from '../../usecases/catalog/find-currency-now.ts'
import { setCurrencyPolicy } from '../../usecases/catalog/set-currency-policy.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { CURRENCY_PATTERN } from './field-problems.ts'
import { parseCurrencyPolicy } from './parse-currency-policy.ts'
import { projectHeader } from './project-header.ts'
import { CurrencyPolicyBody, CurrencyPolicyWire, currencyPolicyToWire } from './wire/currency-policy-to-wire.ts'

const shared = {
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ code: Type.String({ pattern: CURRENCY_PATTERN }) }),
}

/** `GET` and `PATCH /admin/credits/currencies/{code}`: what a project decided about a currency, archived ones included. */
export function currencyPolicyRoutes(
  app: FastifyInstance,
  deps: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guards: { read: onRequestAsyncHookHandler; manage: onRequestAsyncHookHandler },
): void {
  const read = {
    ...shared,
    operationId: 'getCurrencyPolicy',
    summary: 'Read the policy of a currency',
    response: { 200: CurrencyPolicyWire, ...errorSchemas(422) },
  }
  app.get('/credits/currencies/:code', { schema: read, onRequest: guards.read }, async (request, reply) => {
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const { code } = request.params as { code: string }
    const found = await findCurrencyNow(deps.ctx.read.catalog, project.value, code)
    return found.ok ? currencyPolicyToWire(found.value) : sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
  })
  const change = {
    ...shared,
    operationId: 'setCurrencyPolicy',
    summary: 'Change the policy of a currency',
    body: CurrencyPolicyBody,
    response: { 200: CurrencyPolicyWire, ...errorSchemas(413, 415, 422) },
  }
  app.patch('/credits/currencies/:code', { schema: change, onRequest: guards.manage }, async (request, reply) => {
    const parsed = parseCurrencyPolicy(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const { code } = request.params as { code: string }
    const set = await setCurrencyPolicy(deps.ctx, { projectId: project.value, code, change: parsed.value })
    return set.ok ? currencyPolicyToWire(set.value) : sendError(reply, CODE_OF_REFUSAL[set.refusal.code])
  })
}
