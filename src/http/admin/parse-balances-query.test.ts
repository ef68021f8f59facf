import { expect, it } from 'vitest'
import { parseBalancesQuery } from './parse-balances-query.ts'

it.each([
  [{}, false],
  [{ include_empty: 'true' }, true],
  [{ include_empty: 'false' }, false],
  [{ include_empty_balances: 'true' }, true],
  [{ include_empty: 'true', include_empty_balances: 'true' }, true],
  [{ utm_source: 'x' }, false],
])('%j asks for empty balances: %j', (query, includeEmpty) => {
  expect(parseBalancesQuery(query)).toEqual({ ok: true, value: { includeEmpty } })
})

it.each([
  [{ include_empty: '1' }, 'include_empty: must be true or false'],
  [{ include_empty: 'TRUE' }, 'include_empty: must be true or false'],
  [{ include_empty: '' }, 'include_empty: must be true or false'],
  [{ include_empty: ['true', 'true'] }, 'include_empty: must be true or false'],
  [{ include_empty_balances: 'yes' }, 'include_empty_balances: must be true or false'],
  [
    { include_empty: 'true', include_empty_balances: 'false' },
    'include_empty_balances: must not contradict include_empty',
  ],
])('%j is refused by name', (query, refusal) => {
  expect(parseBalancesQuery(query)).toEqual({ ok: false, refusal })
})
