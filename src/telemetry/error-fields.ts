/** How many causes of an error are logged; longer chains are loops. */
const MAX_CAUSES = 5

/**
 * The fields of an error that are safe and useful in a log: kind, message, code, stack and the chain of causes. Other
 * fields stay out: drivers put row contents and statements there.
 */
export function errorFields(error: unknown): Record<string, unknown> {
  return fieldsOf(error, MAX_CAUSES)
}

function fieldsOf(error: unknown, causesLeft: number): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error, message: 'a value that is not an error was thrown' }
  const code = 'code' in error ? error.code : undefined
  const cause = error.cause === undefined || causesLeft === 0 ? undefined : fieldsOf(error.cause, causesLeft - 1)
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack,
    ...(cause ? { cause } : {}),
  }
}
