import { Type } from 'typebox'
import { ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

const Nothing = Type.Object({})

const events = {
  ...operation('postEvents', 'Other', 'Send events of the SDK', 'public'),
  description: 'Accepted and not kept.',
  response: { 200: Nothing, ...ERRORS },
}

const diagnostics = {
  ...operation('postDiagnostics', 'Other', 'Send diagnostics of the SDK', 'public'),
  description: 'Accepted and not kept.',
  response: { 200: Nothing, ...ERRORS },
}

/**
 * `POST /v1/events` and `POST /v1/diagnostics`. SDKs repeat a batch until it is taken, so whatever is sent is taken:
 * bodies are read and not looked at.
 */
export async function telemetryRoutes(app: SdkApp, { guard }: SdkRoute): Promise<void> {
  await app.register(async (unread) => {
    unread.removeAllContentTypeParsers()
    unread.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null))
    unread.post('/events', { schema: events, onRequest: guard('public') }, async () => ({}))
    unread.post('/diagnostics', { schema: diagnostics, onRequest: guard('public') }, async () => ({}))
  })
}
