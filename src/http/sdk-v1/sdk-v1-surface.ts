import cors from '@fastify/cors'
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { openApiOptions } from '../lib/openapi.ts'
import { nameSurface } from '../lib/surface.ts'
import { tagAnswer } from './answer-tag.ts'
import { CROSS_ORIGIN } from './cross-origin.ts'
import { errorHandler } from './error-handler.ts'
import { keyGuard } from './key-guard.ts'
import { ErrorBody, TAGS } from './route-schema.ts'
import { aliasRoute } from './routes/alias-route.ts'
import { attributesRoute } from './routes/attributes-route.ts'
import { attributionRoutes } from './routes/attribution-routes.ts'
import { customerCenterRoutes } from './routes/customer-center-routes.ts'
import { deleteCustomerRoute } from './routes/delete-customer-route.ts'
import { entitlementMappingRoute } from './routes/entitlement-mapping-route.ts'
import { getCustomerRoute } from './routes/get-customer-route.ts'
import { grantRoutes } from './routes/grant-routes.ts'
import { healthReportRoute } from './routes/health-report-route.ts'
import { healthRoutes } from './routes/health-routes.ts'
import { identifyRoute } from './routes/identify-route.ts'
import { introEligibilityRoute } from './routes/intro-eligibility-route.ts'
import { offeringOverrideRoutes } from './routes/offering-override-routes.ts'
import { offeringsRoutes } from './routes/offerings-route.ts'
import { offersRoute } from './routes/offers-route.ts'
import { postReceiptRoute } from './routes/post-receipt-route.ts'
import { productsRoute } from './routes/products-route.ts'
import { redeemPurchaseRoute } from './routes/redeem-purchase-route.ts'
import { restoreBehaviorRoute } from './routes/restore-behavior-route.ts'
import { restoreEligibilityRoute } from './routes/restore-eligibility-route.ts'
import { rewardVerificationsRoute } from './routes/reward-verifications-route.ts'
import { signingKeyRoute } from './routes/signing-key-route.ts'
import { storeActionRoutes } from './routes/store-action-routes.ts'
import { telemetryRoutes } from './routes/telemetry-routes.ts'
import { unavailableRoutes } from './routes/unavailable-routes.ts'
import { virtualCurrenciesRoute } from './routes/virtual-currencies-route.ts'
import { workflowsRoute } from './routes/workflows-route.ts'
import type { SdkV1Deps } from './sdk-deps.ts'
import { SdkFault } from './sdk-fault.ts'
import type { SdkApp, SdkRoute } from './sdk-route.ts'
import { signAnswer } from './sign-answer.ts'
import { REQUEST_TIME_HEADER, stampAnswers } from './stamp-answers.ts'
import { CustomerInfo } from './wire/customer-info.ts'

/**
 * The surface that unmodified RevenueCat SDKs speak, and server clients of REST API v1. Register it without a prefix.
 * It owns unknown paths and preflights below `/v1` and `/rcbilling/v1`.
 */
export async function sdkV1Surface(app: FastifyInstance, deps: SdkV1Deps): Promise<void> {
  nameSurface(app, 'sdk-v1')
  stampAnswers(app, deps.openApi.publicUrl, deps.ctx.clock)
  app.addHook('onSend', tagAnswer)
  if (deps.answerSigner) app.addHook('onSend', signAnswer(deps.answerSigner, deps.ctx.clock, REQUEST_TIME_HEADER))
  await describeSurface(app, deps)
  app.setErrorHandler(errorHandler(deps))
  // Answers are typed by their schemas and written as they are: a serializer made from a schema would drop fields.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  const route: SdkRoute = { ctx: deps.ctx, guard: keyGuard(deps), offerSigner: deps.offerSigner }
  await app.register(async (v1) => v1Routes(v1, route, deps), { prefix: '/v1' })
  await app.register(async (billing) => billingRoutes(billing, route), { prefix: '/rcbilling/v1' })
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

async function v1Routes(app: FastifyInstance, route: SdkRoute, { answerSigner }: SdkV1Deps): Promise<void> {
  await openToBrowsers(app)
  const sdk: SdkApp = app.withTypeProvider()
  identifyRoute(sdk, route)
  getCustomerRoute(sdk, route)
  deleteCustomerRoute(sdk, route)
  grantRoutes(sdk, route)
  storeActionRoutes(sdk, route)
  redeemPurchaseRoute(sdk, route)
  offeringsRoutes(sdk, route)
  offeringOverrideRoutes(sdk, route)
  virtualCurrenciesRoute(sdk, route)
  attributesRoute(sdk, route)
  attributionRoutes(sdk, route)
  aliasRoute(sdk, route)
  postReceiptRoute(sdk, route)
  introEligibilityRoute(sdk, route)
  restoreBehaviorRoute(sdk, route)
  restoreEligibilityRoute(sdk, route)
  offersRoute(sdk, route)
  entitlementMappingRoute(sdk, route)
  workflowsRoute(sdk, route)
  await telemetryRoutes(sdk, route)
  customerCenterRoutes(sdk, route)
  healthRoutes(sdk)
  signingKeyRoute(sdk, answerSigner ?? null)
  healthReportRoute(sdk, route)
  rewardVerificationsRoute(sdk, route)
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
