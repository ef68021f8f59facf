import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { DeliveryAttempt } from '../../core/webhooks/delivery.ts'
import { testEventBody } from '../../core/webhooks/test-event-body.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import { webhookIdOf } from '../../core/webhooks/webhook-id.ts'
import type { Ctx } from '../ports.ts'
import type { EndpointName } from './change-endpoints.ts'

/** What came of a request that was sent once. */
export type TestAttempt = Omit<DeliveryAttempt, 'isProbe'>

/** Sends an event once and says what came of it. A port: networks are outside. */
export type SendTest = (endpoint: WebhookEndpoint, event: { webhookId: string; body: string }) => Promise<TestAttempt>

/** Sends an invented event of type TEST to an endpoint, a paused one too. It is kept nowhere and never tried again. */
export async function sendTestEvent(
  ctx: Pick<Ctx, 'read' | 'ids' | 'clock' | 'hash'>,
  send: SendTest,
  { projectId, endpointId }: EndpointName,
): Promise<Result<TestAttempt, { code: 'endpoint_not_found' }>> {
  const endpoint = await ctx.read.webhookEndpoints.get(projectId, endpointId)
  if (endpoint === null) return refuse({ code: 'endpoint_not_found' })
  const webhookId = webhookIdOf(ctx.ids.next('event'), ctx.hash)
  const body = testEventBody({ webhookId, occurredAt: ctx.clock.now(), appId: endpoint.appId })
  return ok(await send(endpoint, { webhookId, body }))
}
