import { type Static, Type } from 'typebox'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { App } from '../../../core/projects/project.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

const Status = Type.Enum(['passed', 'failed', 'warning'])
const Report = Type.Object({
  status: Status,
  project_id: Type.String(),
  app_id: Type.String(),
  checks: Type.Array(Type.Object({ name: Type.String(), status: Status })),
})
type Report = Static<typeof Report>

const schema = {
  ...operation('getHealthReport', 'Other', 'Tell whether the configuration can work', 'public'),
  description: 'What can be told without asking a store: the key, the products of the app, the current offering.',
  params: CustomerParams,
  response: { 200: Report, ...ERRORS },
}

/** `GET /v1/subscribers/{app_user_id}/health_report`, asked by debug builds for iOS. */
export function healthReportRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/subscribers/:app_user_id/health_report', { schema, onRequest: guard('public') }, async (request) => {
    readAppUserId(request.params.app_user_id)
    const caller = appOf(request)
    return reportOn(caller, await ctx.read.catalog.ofProject(caller.projectId))
  })
}

function reportOn({ appId, projectId }: App, catalog: Catalog): Report {
  const hasProducts = [...catalog.products.values()].some((product) => product.appId === appId)
  const hasCurrentOffering = catalog.offerings.some((offering) => offering.isCurrent)
  const checks = [
    { name: 'api_key', status: 'passed' as const },
    { name: 'products', status: hasProducts ? ('passed' as const) : ('warning' as const) },
    { name: 'offerings', status: hasCurrentOffering ? ('passed' as const) : ('warning' as const) },
  ]
  const status = hasProducts && hasCurrentOffering ? 'passed' : 'warning'
  return { status, project_id: projectId, app_id: appId, checks }
}
