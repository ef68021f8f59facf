import { Type } from 'typebox'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp } from '../sdk-route.ts'

const Healthy = Type.Object({ status: Type.Literal('ok') })

const health = {
  ...operation('getHealth', 'Other', 'Tell that the server answers', 'none'),
  response: { 200: Healthy, ...ERRORS },
}

const connectivity = {
  ...operation('getConnectivity', 'Other', 'Tell that the server can be reached', 'none'),
  response: { 200: Healthy, ...ERRORS },
}

const reportAvailability = {
  ...operation('getHealthReportAvailability', 'Other', 'Tell whether there is a health report', 'none'),
  description: 'Asked by debug builds for iOS. There is none.',
  params: CustomerParams,
  response: { 200: Type.Object({ report_logs: Type.Literal(false) }), ...ERRORS },
}

/** The calls that SDKs make without a key. */
export function healthRoutes(app: SdkApp): void {
  app.get('/health', { schema: health }, async () => ({ status: 'ok' as const }))
  app.get('/health/connectivity', { schema: connectivity }, async () => ({ status: 'ok' as const }))
  app.get('/subscribers/:app_user_id/health_report_availability', { schema: reportAvailability }, async (request) => {
    readAppUserId(request.params.app_user_id)
    return { report_logs: false as const }
  })
}
