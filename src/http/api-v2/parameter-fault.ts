import type { FastifySchemaValidationError } from 'fastify'
import { schemaFaultText } from '../lib/schema-fault.ts'
import { ApiFault } from './api-fault.ts'

/** How much of a name that the caller chose is repeated. */
const MAX_SHOWN_NAME = 100

/** The one header that routes here have a rule for, as it is written in documents. */
const IDEMPOTENCY_KEY = 'Idempotency-Key'

/** Says which parameter a schema refused, and why. `part` is what was checked, such as `body`. */
export function parameterFault(faults: readonly FastifySchemaValidationError[], part: string | undefined): ApiFault {
  const stranger = faults.find(({ keyword }) => keyword === 'additionalProperties')?.params.additionalProperty
  if (typeof stranger === 'string') {
    const name = stranger.slice(0, MAX_SHOWN_NAME)
    const message = `Additional properties are not allowed ('${name}' was unexpected)`
    return new ApiFault('parameter_error', message, { param: name })
  }
  if (part === 'headers') {
    const message = `${IDEMPOTENCY_KEY}: must have 1 to 255 characters`
    return new ApiFault('parameter_error', message, { param: IDEMPOTENCY_KEY })
  }
  return new ApiFault('parameter_error', schemaFaultText(faults, part), { param: paramOf(faults) })
}

/** The parameter itself, not the place inside it: the first name on the way. Absent when the whole body is wrong. */
function paramOf([fault]: readonly FastifySchemaValidationError[]): string | undefined {
  const first = fault?.instancePath.split('/')[1]
  if (first !== undefined) return first.slice(0, MAX_SHOWN_NAME)
  const missing = fault?.params.missingProperty
  return typeof missing === 'string' ? missing : undefined
}
