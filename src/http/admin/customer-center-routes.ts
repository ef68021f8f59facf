import type { FastifyInstance, FastifySchemaValidationError, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { TLocalizedValidationError } from 'typebox/error'
import { Value } from 'typebox/value'
import { setCustomerCenter } from '../../usecases/customers/set-customer-center.ts'
import type { CustomerCenter } from '../../usecases/ports/customer-center.ts'
import { CustomerCenterDocument } from '../lib/customer-center.ts'
import { schemaFaultText } from '../lib/schema-fault.ts'
import { actorOfRequest } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { projectHeader } from './project-header.ts'

/** Problems named in one answer; a document that is no such document has one at every corner. */
const PROBLEMS_MAX = 10

const CustomerCenterWire = Type.Object(
  {
    actor: Type.Union([Type.String(), Type.Null()], { description: 'Who put it into force; null when nobody has.' }),
    updated_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    // Not the schema of the document: an answer made from that would drop the fields that are not known here.
    document: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
      description: 'As it was set; null when nothing was, and apps show a plain one.',
    }),
  },
  { description: 'What apps show.' },
)

const shared = { tags: ['Customer center'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }

/** `GET` and `PUT /admin/customer-center`. */
export function customerCenterRoutes(
  app: FastifyInstance,
  deps: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guards: { read: onRequestAsyncHookHandler; manage: onRequestAsyncHookHandler },
): void {
  const read = {
    ...shared,
    operationId: 'getCustomerCenter',
    summary: 'Read what the customer center of apps shows',
    response: { 200: CustomerCenterWire, ...errorSchemas() },
  }
  app.get('/customer-center', { schema: read, onRequest: guards.read }, async (request, reply) => {
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    return centerToWire(await deps.ctx.read.customerCenters.ofProject(project.value))
  })
  const change = {
    ...shared,
    operationId: 'setCustomerCenter',
    summary: 'Set what the customer center of apps shows, or learn what is wrong with it',
    description:
      'The document in the form that SDKs read. Fields that are not known here are handed on to apps as they are.',
    body: CustomerCenterDocument,
    response: { 200: CustomerCenterWire, ...errorSchemas(413, 415, 422) },
  }
  app.put('/customer-center', { schema: change, onRequest: guards.manage }, async (request, reply) => {
    const problems = problemsOf(request.body)
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const order = { projectId: project.value, document: request.body as object, actor: actorOfRequest(request) }
    return centerToWire(await setCustomerCenter(deps.ctx, order))
  })
}

/** One problem for each place; where several forms are allowed, each of them has one. */
function problemsOf(document: unknown): string[] {
  if (Value.Check(CustomerCenterDocument, document)) return []
  const faults = Value.Errors(CustomerCenterDocument, document).map(oneMissing)
  const places = Map.groupBy(faults, (fault) => fault.instancePath)
  return [...places.values()].slice(0, PROBLEMS_MAX).map((faultsHere) => schemaFaultText(faultsHere, 'body'))
}

/** Fields that are missing together are one fault of this validator; the first of them is named. */
function oneMissing(fault: TLocalizedValidationError): FastifySchemaValidationError {
  const [missingProperty] = fault.keyword === 'required' ? fault.params.requiredProperties : []
  return { ...fault, params: { ...fault.params, missingProperty } }
}

function centerToWire(center: CustomerCenter | null) {
  return {
    actor: center?.actor ?? null,
    updated_at: center === null ? null : new Date(center.updatedAt).toISOString(),
    document: center?.document ?? null,
  }
}
