import type { preValidationHookHandler } from 'fastify'
import { ApiFault } from './api-fault.ts'

/** How clients write truth in a query; some are written in Python. */
const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  '1': true,
  false: false,
  False: false,
  '0': false,
}

/**
 * Gives the values of a query their types before schemas look at them, since a URL knows only text. What cannot be read
 * stays text, and its schema refuses it.
 */
export const readQueryValues: preValidationHookHandler = (request, _reply, done) => {
  request.query = queryValues(request.query as Record<string, unknown>)
  done()
}

/** Throws `parameter_error` for `expand`, which none of the operations here has a value for. */
export function queryValues(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (query.expand !== undefined) {
    throw new ApiFault('parameter_error', 'expand: there is nothing to expand here', { param: 'expand' })
  }
  const { limit, include_empty_balances: isEmptyShown } = query
  return {
    ...query,
    ...(typeof limit === 'string' && /^-?\d+$/.test(limit) && { limit: Number(limit) }),
    ...(typeof isEmptyShown === 'string' &&
      Object.hasOwn(TRUTH, isEmptyShown) && { include_empty_balances: TRUTH[isEmptyShown] }),
  }
}
