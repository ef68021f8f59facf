import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { CLOSED } from '../../core/webhooks/circuit.ts'
import { type AllowedHosts, type DestinationRefusal, parseDestination } from '../../core/webhooks/destination.ts'
import { signingSecretFrom } from '../../core/webhooks/signing-secret.ts'
import { ENDPOINTS_MAX, PREVIOUS_SECRET_MS, type WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'

export type EndpointRefusal =
  | DestinationRefusal
  | { code: 'endpoint_not_found' }
  | { code: 'app_unknown' }
  | { code: 'too_many_endpoints'; maximum: number }

export type EndpointName = { projectId: string; endpointId: string }

/** What an operator chooses about an endpoint. */
export type EndpointFacts = Pick<
  WebhookEndpoint,
  'name' | 'url' | 'authorization' | 'eventTypes' | 'appId' | 'environment'
>

type Answer = Promise<Result<WebhookEndpoint, EndpointRefusal>>
type Doors = Pick<Ctx, 'transaction' | 'clock' | 'ids' | 'read'>

/** Apps of a project that are looked through for the one that is named. */
const APPS_MAX = 1_000

/** Adds an endpoint. It gets what happens from now on. Without a secret it gets a new one, to be shown once. */
export async function createEndpoint(
  ctx: Doors,
  { secrets, allowed }: { secrets: Pick<TokenSecrets, 'newToken'>; allowed: AllowedHosts },
  { projectId, secret, ...facts }: EndpointFacts & { projectId: string; secret: string | null },
): Answer {
  const refusal = await refusalOf(ctx, projectId, facts, allowed)
  if (refusal !== null) return refuse(refusal)
  return ctx.transaction<WebhookEndpoint, EndpointRefusal>(async (tx) => {
    if ((await tx.webhookEndpoints.count(projectId)) >= ENDPOINTS_MAX) {
      return refuse({ code: 'too_many_endpoints', maximum: ENDPOINTS_MAX })
    }
    const endpoint: WebhookEndpoint = {
      ...facts,
      endpointId: ctx.ids.next('webhookEndpoint'),
      projectId,
      secret: secret ?? signingSecretFrom(secrets.newToken()),
      previousSecret: null,
      state: 'active',
      circuit: CLOSED,
      createdAt: ctx.clock.now(),
    }
    await tx.webhookEndpoints.insert(endpoint)
    return ok(endpoint)
  })
}

export type EndpointChange = Partial<EndpointFacts> & { state?: 'active' | 'paused' }

/**
 * Changes an endpoint; what is left out stays. What is queued already goes to the new address. A new address, and going on
 * after a pause, begin with a closed circuit.
 */
export async function updateEndpoint(
  ctx: Doors,
  allowed: AllowedHosts,
  { projectId, endpointId, ...change }: EndpointName & EndpointChange,
): Answer {
  const refusal = await refusalOf(ctx, projectId, change, allowed)
  if (refusal !== null) return refuse(refusal)
  return withLocked(ctx, { projectId, endpointId }, async (tx, endpoint) => {
    const isFresh = (change.url ?? endpoint.url) !== endpoint.url || change.state === 'active'
    const changed = { ...endpoint, ...change, circuit: isFresh ? CLOSED : endpoint.circuit }
    await tx.webhookEndpoints.update(changed)
    if (isFresh) await tx.webhookEndpoints.saveCircuit(endpointId, CLOSED)
    return changed
  })
}

/** Ends an endpoint at once. Its log goes soon after. */
export async function deleteEndpoint(ctx: Pick<Ctx, 'transaction'>, name: EndpointName): Answer {
  return withLocked(ctx, name, async (tx, endpoint) => {
    const deleted: WebhookEndpoint = { ...endpoint, state: 'deleted' }
    await tx.webhookEndpoints.update(deleted)
    return deleted
  })
}

/** Gives an endpoint a new secret, to be shown once. The one before signs too for a while, if it is not known to others. */
export async function rotateSecret(
  ctx: Doors,
  secrets: Pick<TokenSecrets, 'newToken'>,
  { keepPrevious, ...name }: EndpointName & { keepPrevious: boolean },
): Answer {
  return withLocked(ctx, name, async (tx, endpoint) => {
    const endsAt = ctx.clock.now() + PREVIOUS_SECRET_MS
    const rotated: WebhookEndpoint = {
      ...endpoint,
      secret: signingSecretFrom(secrets.newToken()),
      previousSecret: keepPrevious ? { secret: endpoint.secret, endsAt } : null,
    }
    await tx.webhookEndpoints.update(rotated)
    return rotated
  })
}

async function refusalOf(
  { read }: Pick<Ctx, 'read'>,
  projectId: string,
  { url, appId = null }: Partial<EndpointFacts>,
  allowed: AllowedHosts,
): Promise<EndpointRefusal | null> {
  const destination = url === undefined ? null : parseDestination(url, allowed)
  if (destination?.ok === false) return destination.refusal
  if (appId === null) return null
  const apps = await read.projects.apps(projectId, APPS_MAX)
  return apps.some((app) => app.appId === appId) ? null : { code: 'app_unknown' }
}

function withLocked(
  ctx: Pick<Ctx, 'transaction'>,
  { projectId, endpointId }: EndpointName,
  work: (tx: Tx, endpoint: WebhookEndpoint) => Promise<WebhookEndpoint>,
): Answer {
  return ctx.transaction<WebhookEndpoint, EndpointRefusal>(async (tx) => {
    const endpoint = await tx.webhookEndpoints.lock(projectId, endpointId)
    return endpoint === null ? refuse({ code: 'endpoint_not_found' }) : ok(await work(tx, endpoint))
  })
}
