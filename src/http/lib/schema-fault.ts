import type { FastifySchemaValidationError } from 'fastify'

/** How much of a name that the caller chose is repeated. */
const MAX_SHOWN_FIELD = 100

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
}

/**
 * Says what a schema found wrong, field first: "app_user_id: is required". `part` is what was checked, such as `body`,
 * and stands for the field when the whole of it is wrong.
 */
export function schemaFaultText(faults: readonly FastifySchemaValidationError[], part: string | undefined): string {
  // Where several forms are allowed, each says why it did not fit: a broken bound says more than a type.
  const fault = faults.find(({ keyword }) => keyword !== 'anyOf' && keyword !== 'type') ?? faults[0]
  if (fault === undefined) return 'The request is not valid.'
  const field = fieldOf(fault) || (part ?? 'body')
  return `${field.slice(0, MAX_SHOWN_FIELD)}: ${problemAmong(faults, fault)}`
}

function fieldOf({ instancePath, params }: FastifySchemaValidationError): string {
  const steps = instancePath.split('/').slice(1)
  const missing = params.missingProperty
  return [
    ...steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    ...(typeof missing === 'string' ? [missing] : []),
  ].join('.')
}

function problemAmong(faults: readonly FastifySchemaValidationError[], fault: FastifySchemaValidationError): string {
  if (fault.keyword === 'type') return typeProblem(faults)
  if (fault.keyword === 'const') return choiceProblem(faults)
  return problemOf(fault)
}

/** Each value that a choice allows is a form of its own, which says that it is another. */
function choiceProblem(faults: readonly FastifySchemaValidationError[]): string {
  const allowed = faults.filter(({ keyword }) => keyword === 'const').map(({ params }) => String(params.allowedValue))
  return allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of ${allowed.join(', ')}`
}

function typeProblem(faults: readonly FastifySchemaValidationError[]): string {
  const types = faults.filter(({ keyword }) => keyword === 'type').flatMap(({ params }) => params.type as string[])
  return `must be ${[...new Set(types)].map((type) => TYPE_WORDS[type] ?? type).join(' or ')}`
}

function problemOf({ keyword, params }: FastifySchemaValidationError): string {
  switch (keyword) {
    case 'required':
      return 'is required'
    case 'minLength':
    case 'minItems':
      return params.limit === 1 ? 'must not be empty' : `must not be shorter than ${params.limit}`
    case 'maxLength':
      return `must have at most ${params.limit} characters`
    case 'maxItems':
      return `must have at most ${params.limit} entries`
    case 'minimum':
      return `must be at least ${params.limit}`
    case 'maximum':
      return `must be at most ${params.limit}`
    default:
      return 'is not valid'
  }
}
