import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError } from './errors.ts'
import { projectHeader } from './project-header.ts'
import { CurrencyWire, currencyToWire } from './wire/currency-to-wire.ts'

const schema = {
  operationId: 'listCurrencies',
  summary: 'List the currencies and what grants them',
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  response: {
    200: Type.Object({ items: Type.Array(CurrencyWire) }, { description: 'All currencies of the project.' }),
    ...errorSchemas(),
  },
}

/** `GET /admin/credits/currencies`. */
export function currenciesRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/currencies', { schema, onRequest: guard }, async (request, reply) => {
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const catalog = await ctx.read.catalog.ofProject(project.value)
    return { items: catalog.currencies.map((currency) => currencyToWire(currency, catalog)) }
  })
}
