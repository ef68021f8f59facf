import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { transferUnits } from '../../usecases/wallet/transfer-units.ts'
import { writerOf } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerWrite } from './answer-write.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parseTransfer } from './parse-transfer.ts'
import { writeHeaders } from './project-header.ts'
import { DryRunQuery } from './wire/dry-run.ts'
import { TransferBody, TransferredWire, transferToWire } from './wire/transfer-to-wire.ts'
import { writeRunOf } from './write-run.ts'

const schema = {
  operationId: 'transferUnits',
  summary: 'Give units of one user to another',
  description: 'Where the currency allows it; see its policy. Units keep their end and their age.',
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: writeHeaders,
  querystring: DryRunQuery,
  body: TransferBody,
  response: { 200: TransferredWire, ...errorSchemas(404, 409, 413, 415, 422) },
}

/** `POST /admin/credits/transfers`. */
export function transferRoute(
  app: FastifyInstance,
  deps: Pick<AdminDeps, 'ctx' | 'projectFor' | 'maxAdjust'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.post('/credits/transfers', { schema, onRequest: guard }, async (request, reply) => {
    const run = writeRunOf(deps.ctx, request)
    if (!run.ok) return sendProblems(reply, run.refusal)
    const parsed = parseTransfer(run.value.body, request.headers['idempotency-key'] as string | undefined, deps)
    if (!parsed.ok) {
      if (parsed.refusal.code === 'fields_invalid') return sendProblems(reply, parsed.refusal.problems)
      return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code])
    }
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const input = { ...parsed.value, projectId: project.value, ...writerOf(deps.ctx, request) }
    return answerWrite(
      reply,
      () => transferUnits(run.value.ctx, input),
      (outcome) => transferToWire(outcome, input.idempotencyKey),
      run.value,
    )
  })
}
