import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { isApprovalThreshold, THRESHOLD_MAX } from '../../core/operators/approval.ts'
import { setApprovalThreshold } from '../../usecases/operators/set-approval-threshold.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import { projectHeader } from './project-header.ts'
import { isFields, problemsOf } from './read-fields.ts'

const Threshold = Type.Union([Type.Integer({ minimum: 0, maximum: THRESHOLD_MAX }), Type.Null()], {
  description: 'Changes by more units need two people; null: none do.',
})
const SettingsWire = Type.Object({ approval_threshold: Threshold }, { description: 'The setting of the project.' })

const shared = { tags: ['Approvals'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }

const getSchema = {
  ...shared,
  operationId: 'getApprovalSettings',
  summary: 'Read which changes need two people',
  response: { 200: SettingsWire, ...errorSchemas() },
}
const putSchema = {
  ...shared,
  operationId: 'setApprovalSettings',
  summary: 'Set which changes need two people',
  body: Type.Object({ approval_threshold: Threshold }, { additionalProperties: false }),
  response: { 200: SettingsWire, ...errorSchemas(413, 415, 422) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'limits'>

/** `GET` and `PUT /admin/approval-settings`. */
export function approvalSettingsRoutes(app: FastifyInstance, deps: RouteDeps, guard: AdminGuard): void {
  const { ctx, projectFor, limits } = deps
  const getOptions = { schema: getSchema, onRequest: guard(limits.balances, 'read') }
  app.get('/approval-settings', getOptions, async (request, reply) => {
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    return { approval_threshold: await ctx.read.approvals.threshold(project.value) }
  })
  const putOptions = { schema: putSchema, onRequest: guard(limits.adjust, 'manage') }
  app.put('/approval-settings', putOptions, async (request, reply) => {
    const { body } = request
    if (!isFields(body)) return sendProblems(reply, ['body: must be a JSON object'])
    const problems = problemsOf(body, { approval_threshold: thresholdProblem })
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const threshold = body.approval_threshold as number | null
    await setApprovalThreshold(ctx, project.value, threshold)
    return { approval_threshold: threshold }
  })
}

function thresholdProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (value === null || isApprovalThreshold(value)) return null
  return `must be a whole number from 0 to ${THRESHOLD_MAX}, or null`
}
