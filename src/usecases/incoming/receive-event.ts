import { type Envelope, envelopeFromBody } from '../../core/incoming/envelope.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

export type ReceiveInput = {
  projectId: string
  body: unknown
  /** The bytes of the body as text, which are what is kept. */
  bodyText: string
}

export type ReceiveRefusal = { code: 'invalid_payload' }

export type ReceivedEvent = { eventId: string; type: string; duplicate: boolean }

/**
 * Keeps an event that RevenueCat sent, before anything is made of it. Once this answers, the event is on disk and is
 * applied sooner or later; the same event again is a duplicate and changes nothing.
 */
export async function receiveEvent(ctx: Ctx, input: ReceiveInput): Promise<Result<ReceivedEvent, ReceiveRefusal>> {
  const receivedAt = ctx.clock.now()
  const envelope = envelopeFromBody(input.body, receivedAt)
  if (envelope === null) return refuse({ code: 'invalid_payload' })
  return ctx.transaction<ReceivedEvent, never>(async (tx) => {
    const { projectId, bodyText } = input
    const isNew = await tx.incoming.insert({ ...envelope, projectId, receivedAt, bodyText })
    return ok(received(envelope, !isNew))
  })
}

function received({ eventId, type }: Envelope, duplicate: boolean): ReceivedEvent {
  return { eventId, type, duplicate }
}
