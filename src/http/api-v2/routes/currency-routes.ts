import { Type } from 'typebox'
import { createCurrency } from '../../../usecases/catalog/create-currency.ts'
import { findCurrencyNow } from '../../../usecases/catalog/find-currency-now.ts'
import { updateCurrency } from '../../../usecases/catalog/update-currency.ts'
import type { ApiApp, ApiRoute } from '../api-route.ts'
import { catalogFault } from '../catalog-fault.ts'
import { callerOf } from '../key-guard.ts'
import { pageOf, pageQuery } from '../list-page.ts'
import {
  CurrencyCode,
  CurrencyParams,
  operation,
  ProjectParams,
  readErrors,
  refTo,
  writeErrors,
} from '../route-schema.ts'
import { currencyToWire, grantsFromWire } from '../wire/currency-to-wire.ts'
import {
  CurrencyDescription,
  CurrencyName,
  ProductGrants,
  VirtualCurrency,
  VirtualCurrencyList,
} from '../wire/virtual-currency.ts'

const TAG = 'Virtual Currency'
const READ = 'project_configuration:virtual_currencies:read'
const WRITE = 'project_configuration:virtual_currencies:read_write'

const currencies = '/projects/:project_id/virtual_currencies'
const currency = `${currencies}/:virtual_currency_code`

const listSchema = {
  ...operation('list-virtual-currencies', TAG, 'List the currencies, archived ones included', READ),
  params: ProjectParams,
  querystring: Type.Object(pageQuery),
  response: { 200: refTo(VirtualCurrencyList), ...readErrors },
}

const createSchema = {
  ...operation('create-virtual-currency', TAG, 'Create a currency', WRITE),
  params: ProjectParams,
  body: Type.Object(
    {
      code: CurrencyCode,
      name: CurrencyName,
      description: Type.Optional(CurrencyDescription),
      product_grants: Type.Optional(ProductGrants),
    },
    { additionalProperties: false },
  ),
  response: { 201: refTo(VirtualCurrency), ...writeErrors },
}

const getSchema = {
  ...operation('get-virtual-currency', TAG, 'Get a currency', READ),
  params: CurrencyParams,
  response: { 200: refTo(VirtualCurrency), ...readErrors },
}

const updateSchema = {
  ...operation('update-virtual-currency', TAG, 'Change a currency', WRITE),
  params: CurrencyParams,
  body: Type.Object(
    {
      name: Type.Optional(CurrencyName),
      description: Type.Optional(CurrencyDescription),
      product_grants: Type.Optional(ProductGrants),
    },
    { additionalProperties: false, description: 'What is left out stays. `product_grants` is the whole new list.' },
  ),
  response: { 200: refTo(VirtualCurrency), ...writeErrors },
}

/** `GET` and `POST /v2/projects/{project_id}/virtual_currencies`, and of one of them. RevenueCat REST API v2. */
export function currencyRoutes(app: ApiApp, { ctx, guard, links }: ApiRoute): void {
  const canRead = guard('configuration', READ)
  const canWrite = guard('configuration', WRITE)

  app.get(currencies, { schema: listSchema, onRequest: canRead }, async (request) => {
    const { projectId } = callerOf(request)
    const path = ['v2', 'projects', projectId, 'virtual_currencies']
    const all = await ctx.read.catalog.currencies(projectId)
    const { items, next, limit } = pageOf(all, ({ code }) => code, request.query)
    const nextQuery = new URLSearchParams({ starting_after: next ?? '', limit: String(limit) })
    return {
      object: 'list' as const,
      items: items.map((item) => currencyToWire(projectId, item)),
      next_page: next === null ? null : links.of(request, path, nextQuery),
      url: links.of(request, path),
    }
  })

  app.post(currencies, { schema: createSchema, onRequest: canWrite }, async (request, reply) => {
    const { projectId } = callerOf(request)
    const { code, name, description = null, product_grants } = request.body
    const grants = grantsFromWire(product_grants)
    const created = await createCurrency(ctx, { projectId, code, name, description, grants })
    if (!created.ok) throw catalogFault(created.refusal)
    return reply.code(201).send(currencyToWire(projectId, created.value))
  })

  app.get(currency, { schema: getSchema, onRequest: canRead }, async (request) => {
    const { projectId } = callerOf(request)
    const found = await findCurrencyNow(ctx.read.catalog, projectId, request.params.virtual_currency_code)
    if (!found.ok) throw catalogFault(found.refusal)
    return currencyToWire(projectId, found.value)
  })

  app.post(currency, { schema: updateSchema, onRequest: canWrite }, async (request) => {
    const { projectId } = callerOf(request)
    const { product_grants, ...named } = request.body
    const update = { ...named, ...(product_grants !== undefined && { grants: grantsFromWire(product_grants) }) }
    const updated = await updateCurrency(ctx, { projectId, code: request.params.virtual_currency_code, update })
    if (!updated.ok) throw catalogFault(updated.refusal)
    return currencyToWire(projectId, updated.value)
  })
}
