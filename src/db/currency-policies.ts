import type { TxCurrencyPolicies } from '../usecases/ports/currency-policies.ts'
import { type Query, statement } from './statement.ts'

/** The policy of a row of table `currencies` named c, as one value. */
export const CURRENCY_POLICY = `json_build_object('debtPolicy', c.debt_policy, 'transfersAllowed', c.transfers_allowed,
       'floor', c.floor) as policy`

const SET = statement(
  'currencies.set_policy',
  'update currencies set debt_policy = $3, transfers_allowed = $4, floor = $5 where project_id = $1 and code = $2',
)

export function currencyPolicyRows(query: Query): TxCurrencyPolicies {
  return {
    async set(projectId, code, { debtPolicy, transfersAllowed, floor }) {
      await query(SET, [projectId, code, debtPolicy, transfersAllowed, floor])
    },
  }
}
