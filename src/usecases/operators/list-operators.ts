import { isUsable, type Operator, type OperatorToken } from '../../core/operators/operator.ts'
import type { Ctx } from '../ports.ts'
import { OPERATORS_MAX } from './change-operators.ts'

export type ListedOperator = Operator & { tokens: OperatorToken[] }

/** The operators of a project, or all when it is null, each with the tokens that are good now. */
export async function listOperators(ctx: Ctx, projectId: string | null): Promise<ListedOperator[]> {
  const operators = await ctx.read.operators.list(projectId, OPERATORS_MAX)
  const tokens = await ctx.read.operators.tokens(operators.map(({ operatorId }) => operatorId))
  const now = ctx.clock.now()
  const good = Map.groupBy(
    tokens.filter((token) => isUsable(token, now)),
    ({ operatorId }) => operatorId,
  )
  return operators.map((operator) => ({ ...operator, tokens: good.get(operator.operatorId) ?? [] }))
}
