import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../../core/lib/clock.ts'
import { openApiOptions } from '../lib/openapi.ts'
import { apiHeaders, forbidCaching } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { CROSS_ORIGIN } from './cross-origin.ts'
import { errorHandler } from './error-handler.ts'
import { keyGuard } from './key-guard.ts'
import { ErrorBody, TAGS } from './route-schema.ts'
import { aliasRoute } from './routes/alias-route.ts'
import { attributesRoute } from './routes/attributes-route.ts'
import { attributionRoutes } from './routes/attribution-routes.ts'
import { entitlementMappingRoute } from './routes/entitlement-mapping-route.ts'
import { getCustomerRoute } from './routes/get-customer-route.ts'
import { healthRoutes } from './routes/health-routes.ts'
import { identifyRoute } from './routes/identify-route.ts'
import { introEligibilityRoute } from './routes/intro-eligibility-route.ts'
import { offeringsRoute } from './routes/offerings-route.ts'
import { offersRoute } from './routes/offers-route.ts'
import { postReceiptRoute } from './routes/post-receipt-route.ts'
import { productsRoute } from './routes/products-route.ts'
import { telemetryRoutes } from './routes/telemetry-routes.ts'
import { unavailableRoutes } from './routes/unavailable-routes.ts'
import { virtualCurrenciesRoute } from './routes/virtual-currencies-route.ts'
import { workflowsRoute } from './routes/workflows-route.ts'
import type { SdkV1Deps } from './sdk-deps.ts'
import { SdkFault } from './sdk-fault.ts'
import type { SdkApp, SdkRoute } from './sdk-route.ts'
import { CustomerInfo } from './wire/customer-info.ts'

/** The server's time in milliseconds. Android counts it instead of the body's when it decides what has expired. */
const REQUEST_TIME_HEADER = 'x-revenuecat-request-time'

/**
 * The surface that unmodified RevenueCat SDKs speak, and server clients of REST API v1. Register it without a prefix.
 * It owns unknown paths and preflights below `/v1` and `/rcbilling/v1`.
 */
export async function sdkV1Surface(app: FastifyInstance, deps: SdkV1Deps): Promise<void> {
  nameSurface(app, 'sdk-v1')
  await app.register(helmet, apiHeaders(deps.openApi.publicUrl))
  app.addHook('onRequest', forbidCaching)
  stampTime(app, deps.ctx.clock)
  await describeSurface(app, deps)
  app.setErrorHandler(errorHandler(deps))
  // Answers are typed by their schemas and written as they are: a serializer made from a schema would drop fields.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  const route: SdkRoute = { ctx: deps.ctx, guard: keyGuard(deps) }
  await app.register(async (v1) => v1Routes(v1, route), { prefix: '/v1' })
  await app.register(async (billing) => billingRoutes(billing, route), { prefix: '/rcbilling/v1' })
}

function stampTime(app: FastifyInstance, clock: Clock): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header(REQUEST_TIME_HEADER, String(clock.now()))
    done()
  })
}

async function describeSurface(app: FastifyInstance, deps: SdkV1Deps): Promise<void> {
  const { openapi } = openApiOptions('sdk-v1', deps.openApi) as FastifyDynamicSwaggerOptions
  await app.register(swagger, {
    openapi: { ...openapi, tags: TAGS },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  })
  app.addSchema(CustomerInfo)
  app.addSchema(ErrorBody)
  app.addHook('onReady', async () => deps.onOpenApi('sdk-v1', () => app.swagger()))
}

async function v1Routes(app: FastifyInstance, route: SdkRoute): Promise<void> {
  await openToBrowsers(app)
  const sdk: SdkApp = app.withTypeProvider()
  identifyRoute(sdk, route)
  getCustomerRoute(sdk, route)
  offeringsRoute(sdk, route)
  virtualCurrenciesRoute(sdk, route)
  attributesRoute(sdk, route)
  attributionRoutes(sdk, route)
  aliasRoute(sdk, route)
  postReceiptRoute(sdk, route)
  introEligibilityRoute(sdk, route)
  offersRoute(sdk, route)
  entitlementMappingRoute(sdk, route)
  workflowsRoute(sdk, route)
  await telemetryRoutes(sdk, route)
  healthRoutes(sdk)
  unavailableRoutes(sdk)
}

async function billingRoutes(app: FastifyInstance, route: SdkRoute): Promise<void> {
  await openToBrowsers(app)
  productsRoute(app.withTypeProvider(), route)
}

/** CORS, and an answer to unknown paths, for everything below the prefix of `app`. */
async function openToBrowsers(app: FastifyInstance): Promise<void> {
  await app.register(cors, CROSS_ORIGIN)
  app.setNotFoundHandler(() => {
    throw new SdkFault('not_found')
  })
}
