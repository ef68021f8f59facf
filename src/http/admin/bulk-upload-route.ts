import type { FastifyInstance, FastifyReply, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { faultToText } from '../../core/bulk/file-fault.ts'
import { IDEMPOTENCY_KEY_MAX_LENGTH } from '../../core/wallet/change-fields.ts'
import { type UploadRefusal, uploadBulk } from '../../usecases/bulk/upload-bulk.ts'
import { actorOfRequest } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { BULK_NAME_MAX_LENGTH, JSON_ROWS_MAX, parseBulkUpload } from './parse-bulk.ts'
import { projectHeader } from './project-header.ts'
import { CurrencyWire, ReasonWire, UserIdWire } from './wire/adjust-to-wire.ts'
import { bulkToWire, OneBulkWire } from './wire/bulk-to-wire.ts'
import { DryRunQuery, dryRunField } from './wire/dry-run.ts'
import { writeRunOf } from './write-run.ts'

/** A file of the most rows with long reasons. It has a bound of its own, because no other body is so large. */
const FILE_BYTES_MAX = 33_554_432

/** Faults named in the text of an answer; `faults` has more of them. */
const FAULTS_IN_TEXT = 5

const defaults = {
  reason: Type.Optional(ReasonWire),
  currency: Type.Optional(CurrencyWire),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: BULK_NAME_MAX_LENGTH, examples: ['may-outage.csv'] })),
}

const RowsBody = Type.Object(
  {
    rows: Type.Array(
      Type.Object({
        user_id: UserIdWire,
        amount: Type.Integer(),
        reason: Type.Optional(ReasonWire),
        currency: Type.Optional(CurrencyWire),
        idempotency_key: Type.Optional(Type.String({ minLength: 1, maxLength: IDEMPOTENCY_KEY_MAX_LENGTH })),
      }),
      { minItems: 1, maxItems: JSON_ROWS_MAX },
    ),
    ...defaults,
    ...dryRunField,
  },
  { additionalProperties: false },
)

const FaultyFile = Type.Object(
  {
    detail: Type.String({ description: 'The first faults, or what else is wrong with the request.' }),
    faults: Type.Optional(
      Type.Array(
        Type.Object({
          line: Type.Integer(),
          column: Type.Union([Type.String(), Type.Null()], { description: 'Null for a fault of the whole line.' }),
          problem: Type.String(),
        }),
        { description: 'At most 100.' },
      ),
    ),
    is_cut: Type.Optional(Type.Boolean({ description: 'Whether there may be more faults.' })),
  },
  { description: 'Refused: the file or a field is not valid.' },
)

const schema = {
  operationId: 'uploadBulkGrant',
  summary: 'Hand in a file of grants and deductions',
  tags: ['Bulk grants'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  querystring: Type.Object({ ...DryRunQuery.properties, ...defaults }),
  body: {
    content: {
      'text/csv': {
        schema: Type.String({
          description:
            'The first line names the columns: user_id, amount, and if wanted currency, reason, idempotency_key.',
          examples: ['user_id,amount\r\nuser_2abcXYZ,50\r\n'],
        }),
      },
      'application/json': { schema: RowsBody },
    },
  },
  response: {
    200: Type.Object(OneBulkWire.properties, { description: 'What a dry run would have kept.' }),
    201: OneBulkWire,
    ...errorSchemas(413, 415),
    422: FaultyFile,
  },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'maxAdjust' | 'readCsv'>

/** `POST /admin/credits/bulk`. Reads CSV as bytes, so it wants a plugin of its own around it. */
export function bulkUploadRoute(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: FILE_BYTES_MAX }, (_request, body, done) =>
    done(null, body),
  )
  app.post('/credits/bulk', { schema, onRequest: guard }, async (request, reply) => {
    const run = writeRunOf(deps.ctx, request)
    if (!run.ok) return sendProblems(reply, run.refusal)
    const { ctx, body, isDry } = run.value
    const upload = parseBulkUpload(body, request.query as Record<string, unknown>, deps)
    if (!upload.ok) return sendProblems(reply, upload.refusal)
    const project = await deps.projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const uploaded = await uploadBulk(ctx, {
      ...upload.value,
      projectId: project.value,
      actor: actorOfRequest(request),
    })
    if (!uploaded.ok) return sendFaults(reply, uploaded.refusal)
    const { bulk, sameAs } = uploaded.value
    const answer = { ...bulkToWire(bulk), same_content_as: sameAs }
    return isDry ? { ...answer, dry_run: true } : reply.code(201).send(answer)
  })
}

function sendFaults(reply: FastifyReply, { faults, isCut }: UploadRefusal): FastifyReply {
  const texts = faults.slice(0, FAULTS_IN_TEXT).map(faultToText)
  if (faults.length > FAULTS_IN_TEXT)
    texts.push(`and ${faults.length - FAULTS_IN_TEXT}${isCut ? ' or more' : ''} others`)
  return sendError(reply, 'file_invalid', { text: texts.join('; '), fields: { faults, is_cut: isCut } })
}
