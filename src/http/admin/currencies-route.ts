import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError } from './errors.ts'
import { projectHeader } from './project-header.ts'
import { noteOf } from './refusal-note.ts'
import { CurrencyWire, currencyToWire } from './wire/currency-to-wire.ts'

const schema = {
  operationId: 'listCurrencies',
  summary: 'List the currencies and what grants them',
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  response: {
    200: Type.Object({ items: Type.Array(CurrencyWire) }, { description: 'All currencies of the project.' }),
    ...errorSchemas(502),
  },
}

/** `GET /admin/credits/currencies`. */
export function currenciesRoute(
  app: FastifyInstance,
  { credits, projectFor }: Pick<AdminDeps, 'credits' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/currencies', { schema, onRequest: guard }, async (request, reply) => {
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const catalog = await credits.catalog(project.value)
    if (!catalog.ok) return sendError(reply, CODE_OF_REFUSAL[catalog.refusal.code], noteOf(catalog.refusal))
    return { items: catalog.value.currencies.map((currency) => currencyToWire(currency, catalog.value)) }
  })
}
