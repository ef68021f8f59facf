import { Type } from 'typebox'
import { createTicket } from '../../../usecases/customers/create-ticket.ts'
import { CustomerCenterDocument } from '../../lib/customer-center.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { DEFAULT_CUSTOMER_CENTER } from '../wire/default-customer-center.ts'

/** Longest address of mail. */
const EMAIL_MAX_LENGTH = 254
/** A page of text; a longer one is cut by whoever wrote it. */
const DESCRIPTION_MAX_LENGTH = 5_000

const read = {
  ...operation('getCustomerCenter', 'Other', 'Get what the customer center shows', 'public'),
  description: "The project's own document, set through the Admin API, or a plain one. Creates no customer.",
  params: CustomerParams,
  response: { 200: CustomerCenterDocument, ...ERRORS },
}

const create = {
  ...operation('createSupportTicket', 'Other', 'Write to the team', 'public'),
  description: 'Kept, and listed by the Admin API. Nothing is mailed. The latest 20 of each customer are kept.',
  body: Type.Object({
    app_user_id: Type.String(),
    customer_email: Type.String({ minLength: 1, maxLength: EMAIL_MAX_LENGTH }),
    issue_description: Type.String({ minLength: 1, maxLength: DESCRIPTION_MAX_LENGTH }),
  }),
  response: { 200: Type.Object({ sent: Type.Boolean() }), ...ERRORS },
}

/** `GET /v1/customercenter/{app_user_id}` and `POST /v1/customercenter/support/create-ticket`. */
export function customerCenterRoutes(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/customercenter/:app_user_id', { schema: read, onRequest: guard('public') }, async (request) => {
    readAppUserId(request.params.app_user_id)
    const own = await ctx.read.customerCenters.ofProject(appOf(request).projectId)
    return (own?.document ?? DEFAULT_CUSTOMER_CENTER) as CustomerCenterDocument
  })
  app.post('/customercenter/support/create-ticket', { schema: create, onRequest: guard('public') }, async (request) => {
    const { app_user_id, customer_email: email, issue_description: description } = request.body
    const appUserId = readAppUserId(app_user_id)
    await createTicket(ctx, { projectId: appOf(request).projectId, appUserId, email, description })
    return { sent: true }
  })
}
