import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import {
  createEndpoint,
  deleteEndpoint,
  type EndpointName,
  type EndpointRefusal,
  rotateSecret,
  updateEndpoint,
} from '../../usecases/webhooks/change-endpoints.ts'
import { readEndpoint } from '../../usecases/webhooks/read-deliveries.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, type ErrorNote, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import { parseEndpointChange, parseNewEndpoint, parseRotation } from './parse-webhook-endpoint.ts'
import { projectHeader } from './project-header.ts'
import { isPlausibleId } from './wire/transaction-id.ts'
import {
  CreateEndpointBody,
  EndpointWire,
  endpointToWire,
  ReadEndpointWire,
  SecretEndpointWire,
  secretEndpointToWire,
  UpdateEndpointBody,
} from './wire/webhook-to-wire.ts'

const CREATED = 201

export const webhookShared = {
  tags: ['Webhooks'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
}
const shared = webhookShared
const params = Type.Object({ endpoint_id: Type.String() })

const schemas = {
  list: {
    ...shared,
    operationId: 'listWebhookEndpoints',
    summary: 'List the endpoints that events are sent to',
    response: { 200: Type.Object({ items: Type.Array(EndpointWire) }, { description: 'All.' }), ...errorSchemas() },
  },
  create: {
    ...shared,
    operationId: 'createWebhookEndpoint',
    summary: 'Add an endpoint; it gets what happens from now on',
    body: CreateEndpointBody,
    response: { [CREATED]: SecretEndpointWire, ...errorSchemas(413, 415, 422) },
  },
  read: {
    ...shared,
    operationId: 'getWebhookEndpoint',
    summary: 'Read an endpoint and its condition',
    params,
    response: { 200: ReadEndpointWire, ...errorSchemas(404) },
  },
  update: {
    ...shared,
    operationId: 'updateWebhookEndpoint',
    summary: 'Change an endpoint, pause it or let it go on',
    params,
    body: UpdateEndpointBody,
    response: { 200: EndpointWire, ...errorSchemas(404, 413, 415, 422) },
  },
  remove: {
    ...shared,
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete an endpoint; what waits for it is never sent',
    params,
    response: { 200: EndpointWire, ...errorSchemas(404) },
  },
  rotate: {
    ...shared,
    operationId: 'rotateWebhookSecret',
    summary: 'Give an endpoint a new signing secret',
    description: 'Requests carry signatures of both secrets for 24 hours, unless `keep_previous` is false.',
    params,
    body: Type.Optional(
      Type.Object({ keep_previous: Type.Optional(Type.Boolean({ default: true })) }, { additionalProperties: false }),
    ),
    response: { 200: SecretEndpointWire, ...errorSchemas(404, 413, 415, 422) },
  },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'limits' | 'tokenSecrets' | 'webhooks'>

/** `GET` and `POST /admin/webhooks/endpoints`; `GET`, `PATCH` and `DELETE` of one; `POST .../rotate-secret`. */
export function webhookEndpointsRoutes(app: FastifyInstance, deps: RouteDeps, guard: AdminGuard): void {
  const { ctx, limits, tokenSecrets: secrets, webhooks, projectFor } = deps
  const { allowed } = webhooks
  const onRead = guard(limits.balances, 'read')
  const onRequest = guard(limits.adjust, 'manage')
  const one = '/webhooks/endpoints/:endpoint_id'
  app.get('/webhooks/endpoints', { schema: schemas.list, onRequest: onRead }, async (request, reply) => {
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    return { items: (await ctx.read.webhookEndpoints.list(project.value)).map(endpointToWire) }
  })
  app.post('/webhooks/endpoints', { schema: schemas.create, onRequest }, async (request, reply) => {
    const parsed = parseNewEndpoint(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const created = await createEndpoint(ctx, { secrets, allowed }, { ...parsed.value, projectId: project.value })
    if (!created.ok) return sendError(reply, CODE_OF_REFUSAL[created.refusal.code], noteOf(created.refusal))
    return reply.code(CREATED).send(secretEndpointToWire(created.value))
  })
  app.get(one, { schema: schemas.read, onRequest: onRead }, async (request, reply) => {
    const name = await namedEndpoint(projectFor, request)
    const found = name.ok ? await readEndpoint(ctx, name.value) : name
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    return { ...endpointToWire(found.value.endpoint), waiting_customers: found.value.waiting }
  })
  app.patch(one, { schema: schemas.update, onRequest }, async (request, reply) => {
    const parsed = parseEndpointChange(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const name = await namedEndpoint(projectFor, request)
    const updated = name.ok ? await updateEndpoint(ctx, allowed, { ...name.value, ...parsed.value }) : name
    if (updated.ok) return endpointToWire(updated.value)
    return sendError(reply, CODE_OF_REFUSAL[updated.refusal.code], noteOf(updated.refusal))
  })
  app.delete(one, { schema: schemas.remove, onRequest }, async (request, reply) => {
    const name = await namedEndpoint(projectFor, request)
    const deleted = name.ok ? await deleteEndpoint(ctx, name.value) : name
    return deleted.ok ? endpointToWire(deleted.value) : sendError(reply, CODE_OF_REFUSAL[deleted.refusal.code])
  })
  app.post(`${one}/rotate-secret`, { schema: schemas.rotate, onRequest }, async (request, reply) => {
    const parsed = parseRotation(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const name = await namedEndpoint(projectFor, request)
    const rotated = name.ok ? await rotateSecret(ctx, secrets, { ...name.value, ...parsed.value }) : name
    return rotated.ok ? secretEndpointToWire(rotated.value) : sendError(reply, CODE_OF_REFUSAL[rotated.refusal.code])
  })
}

/** The endpoint that a path names, in the project that the request is about. */
export async function namedEndpoint(
  projectFor: AdminDeps['projectFor'],
  request: FastifyRequest,
): Promise<Result<EndpointName, ProjectRefusal | { code: 'endpoint_not_found' }>> {
  const { endpoint_id: endpointId } = request.params as { endpoint_id: string }
  if (!isPlausibleId(endpointId)) return refuse({ code: 'endpoint_not_found' })
  const project = await projectFor(request)
  return project.ok ? ok({ projectId: project.value, endpointId }) : project
}

function noteOf(refusal: EndpointRefusal | ProjectRefusal): ErrorNote {
  if (refusal.code === 'destination_refused') return { text: `the url ${refusal.reason}` }
  return refusal.code === 'too_many_endpoints' ? { text: `a project has at most ${refusal.maximum}` } : {}
}
