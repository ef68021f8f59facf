import helmet from '@fastify/helmet'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { openApiOptions } from '../lib/openapi.ts'
import { apiHeaders, forbidCaching } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { ApiFault, ErrorBody } from './api-fault.ts'
import type { ApiRoute } from './api-route.ts'
import type { ApiV2Deps } from './api-v2-deps.ts'
import { errorHandler } from './error-handler.ts'
import { errorPageRoute } from './error-page-route.ts'
import { keyGuard } from './key-guard.ts'
import { linksTo } from './links.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { readQueryValues } from './query-values.ts'
import { acceptJsonOnly, ignoreBodies } from './read-bodies.ts'
import { TAGS } from './route-schema.ts'
import { balanceRoutes } from './routes/balance-routes.ts'
import { currencyActionRoutes } from './routes/currency-action-routes.ts'
import { currencyRoutes } from './routes/currency-routes.ts'
import { BalanceList } from './wire/balances-to-wire.ts'
import { VirtualCurrency, VirtualCurrencyList } from './wire/virtual-currency.ts'

/**
 * The surface that server clients of RevenueCat REST API v2 speak. Register it without a prefix. It owns the unknown
 * paths below `/v2`, and the pages that its errors lead to. No web page has business here, so there is no CORS.
 */
export async function apiV2Surface(app: FastifyInstance, deps: ApiV2Deps): Promise<void> {
  nameSurface(app, 'api-v2')
  await app.register(helmet, apiHeaders(deps.openApi.publicUrl))
  app.addHook('onRequest', forbidCaching)
  await describeSurface(app, deps)
  const links = linksTo(deps.openApi.publicUrl)
  app.setErrorHandler(errorHandler({ links, onRefusal: deps.onRefusal }))
  // Answers are typed by their schemas and written as they are: a serializer made from a schema would drop fields.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  errorPageRoute(app)
  const route: ApiRoute = { ctx: deps.ctx, guard: keyGuard(deps), links }
  await app.register(async (v2) => v2Routes(v2, route), { prefix: '/v2' })
}

async function describeSurface(app: FastifyInstance, deps: ApiV2Deps): Promise<void> {
  const { openapi } = openApiOptions('api-v2', deps.openApi) as FastifyDynamicSwaggerOptions
  await app.register(swagger, {
    openapi: { ...openapi, tags: TAGS },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  })
  for (const schema of [ErrorBody, VirtualCurrency, VirtualCurrencyList, BalanceList]) app.addSchema(schema)
  app.addHook('onReady', async () => {
    // In braces: Fastify takes a value of this hook for an error.
    deps.onOpenApi('api-v2', () => app.swagger())
  })
}

async function v2Routes(app: FastifyInstance, route: ApiRoute): Promise<void> {
  acceptJsonOnly(app)
  app.setNotFoundHandler(() => {
    throw nothingHere()
  })
  // Before a body is read: to an unknown path, no content type is wrong.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw nothingHere()
  })
  app.addHook('preValidation', readQueryValues)
  currencyRoutes(app.withTypeProvider(), route)
  balanceRoutes(app.withTypeProvider(), route)
  await app.register(async (bodiless) => {
    ignoreBodies(bodiless)
    currencyActionRoutes(bodiless.withTypeProvider(), route)
  })
  const currencies = '/projects/:project_id/virtual_currencies'
  refuseOtherMethods(app, currencies, ['GET', 'POST'])
  refuseOtherMethods(app, `${currencies}/:virtual_currency_code`, ['GET', 'POST', 'DELETE'])
  refuseOtherMethods(app, `${currencies}/:virtual_currency_code/actions/archive`, ['POST'])
  refuseOtherMethods(app, `${currencies}/:virtual_currency_code/actions/unarchive`, ['POST'])
  const balances = '/projects/:project_id/customers/:customer_id/virtual_currencies'
  refuseOtherMethods(app, balances, ['GET'])
  refuseOtherMethods(app, `${balances}/transactions`, ['POST'])
  refuseOtherMethods(app, `${balances}/update_balance`, ['POST'])
}

function nothingHere(): ApiFault {
  return new ApiFault('resource_missing', 'Resource not found')
}
