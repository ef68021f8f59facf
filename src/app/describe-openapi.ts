import { readSettings } from '../config/read-settings.ts'
import { NO_HOSTS } from '../core/webhooks/destination.ts'
import { createServer } from '../http/server.ts'
import { asyncApiDocument } from '../realtime/async-api.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { ledgerCredits } from '../usecases/credits/ledger-credits.ts'
import type { Ctx } from '../usecases/ports.ts'
import { registerSurfaces } from './register-surfaces.ts'

/**
 * The OpenAPI documents of all surfaces, made from the routes of a server that has no database and serves nobody, and
 * the AsyncAPI document of the realtime protocol.
 */
export async function describeOpenApi(version: string): Promise<Map<string, object>> {
  const read = readSettings({}, () => '')
  if (!read.ok) throw new Error('the default settings are valid')
  const logger = await createLogger({ level: 'silent', format: 'json', isTerminal: false })
  const server = createServer({
    logger,
    maxBodyBytes: read.reading.settings.maxBodyBytes,
    trustProxy: false,
    newRequestId: () => '',
  })
  // Routes are only described here, and no route looks at these before a request comes.
  const ctx = { clock: { now: () => 0 } } as Ctx
  const documents = await registerSurfaces(server, {
    settings: read.reading.settings,
    version,
    ctx,
    credits: ledgerCredits(ctx),
    webhooks: { allowed: NO_HOSTS, sendTest: () => Promise.reject(new Error('only described')) },
    metrics: createMetrics(),
    demo: null,
    secrets: { newToken: () => '', hash: () => '' },
    url: '',
    engine: '',
    state: { isDraining: false },
    isReachable: async () => false,
    isBusConnected: () => null,
    transports: { openEventStream: async () => 'unavailable', poll: async () => ({ refusal: 'unavailable' }) },
  })
  await server.ready()
  const described = new Map([...documents].map(([name, document]) => [name, document()]))
  return described.set('realtime', asyncApiDocument(version))
}
