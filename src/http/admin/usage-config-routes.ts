import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { DocumentFault } from '../../core/usage/document-place.ts'
import type { StoredUsageConfig } from '../../usecases/ports/usage.ts'
import { setUsageConfig } from '../../usecases/usage/set-usage-config.ts'
import { actorOfRequest } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { projectHeader } from './project-header.ts'

const ConfigBody = Type.Object({}, { additionalProperties: true, description: 'The document; see docs/usage.md.' })

const ConfigWire = Type.Object(
  {
    version: Type.Integer({ description: 'Counts from 1; earlier versions are kept.' }),
    actor: Type.String({ description: 'Who put it into force.' }),
    created_at: Type.String({ format: 'date-time' }),
    config: ConfigBody,
  },
  { description: 'The configuration in force.' },
)

const shared = { tags: ['Usage'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }

/** `GET` and `PUT /admin/usage/config`. */
export function usageConfigRoutes(
  app: FastifyInstance,
  deps: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guards: { read: onRequestAsyncHookHandler; manage: onRequestAsyncHookHandler },
): void {
  const read = {
    ...shared,
    operationId: 'getUsageConfig',
    summary: 'Read the usage configuration in force',
    response: { 200: ConfigWire, ...errorSchemas(404) },
  }
  app.get('/usage/config', { schema: read, onRequest: guards.read }, async (request, reply) => {
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const stored = await deps.ctx.read.usage.config(project.value)
    return stored === null ? sendError(reply, 'usage_unconfigured') : configToWire(stored)
  })
  const change = {
    ...shared,
    operationId: 'setUsageConfig',
    summary: 'Put a usage configuration into force, or learn all that is wrong with it',
    description: 'It counts from the next request on. The same document again stays the version that it is.',
    body: ConfigBody,
    response: { 200: ConfigWire, ...errorSchemas(413, 415, 422) },
  }
  app.put('/usage/config', { schema: change, onRequest: guards.manage }, async (request, reply) => {
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const order = { projectId: project.value, document: request.body, actor: actorOfRequest(request) }
    const set = await setUsageConfig(deps.ctx, order)
    return set.ok ? configToWire(set.value.config) : sendProblems(reply, set.refusal.faults.map(faultToText))
  })
}

function configToWire({ version, actor, createdAt, document }: StoredUsageConfig) {
  return { version, actor, created_at: new Date(createdAt).toISOString(), config: document as object }
}

/** The place is a JSON pointer into the document. */
function faultToText({ pointer, problem }: DocumentFault): string {
  return `${pointer === '' ? 'body' : pointer}: ${problem}`
}
