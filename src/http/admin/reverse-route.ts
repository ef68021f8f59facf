import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { writerOf } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerWrite } from './answer-write.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parseReverse } from './parse-reverse.ts'
import { writeHeaders } from './project-header.ts'
import { DryRunQuery } from './wire/dry-run.ts'
import { ReverseBody, ReversedWire, reverseToWire } from './wire/reverse-to-wire.ts'
import { isPlausibleId, TransactionIdWire } from './wire/transaction-id.ts'
import { writeRunOf } from './write-run.ts'

const schema = {
  operationId: 'reverseTransaction',
  summary: 'Undo a ledger transaction by another one',
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: writeHeaders,
  querystring: DryRunQuery,
  params: Type.Object({ transaction_id: TransactionIdWire }),
  body: ReverseBody,
  response: { 200: ReversedWire, ...errorSchemas(404, 409, 413, 415, 422, 502) },
}

/** `POST /admin/credits/transactions/{id}/reverse`. */
export function reverseRoute(
  app: FastifyInstance,
  { ctx, credits, projectFor }: Pick<AdminDeps, 'ctx' | 'credits' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.post('/credits/transactions/:transaction_id/reverse', { schema, onRequest: guard }, async (request, reply) => {
    const { transaction_id: transactionId } = request.params as { transaction_id: string }
    if (!isPlausibleId(transactionId)) return sendError(reply, 'transaction_not_found')
    const run = writeRunOf(ctx, request)
    if (!run.ok) return sendProblems(reply, run.refusal)
    const parsed = parseReverse(run.value.body, request.headers['idempotency-key'] as string | undefined)
    if (!parsed.ok) {
      if (parsed.refusal.code === 'fields_invalid') return sendProblems(reply, parsed.refusal.problems)
      return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code])
    }
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const input = { ...parsed.value, transactionId, projectId: project.value, ...writerOf(ctx, request) }
    return answerWrite(
      reply,
      () => (run.value.isDry ? credits.dryRun : credits).reverse(input),
      (outcome) => reverseToWire(outcome, input.idempotencyKey),
      run.value,
    )
  })
}
