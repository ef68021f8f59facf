import { ok, type Result, refuse } from '../lib/result.ts'
import { type Cost, CREDITS, type UsageConfig } from './config.ts'
import { timesCost } from './consume.ts'

/** What somebody wants to use: something with a configured price, or amounts by meter id and `credits`. */
export type Wish = { kind: 'action'; action: string } | { kind: 'costs'; costs: ReadonlyMap<string, number> }

export type PriceRefusal = { code: 'action_unknown'; action: string } | { code: 'meter_unknown'; meter: string }

/** What a wish costs, `quantity` times. Amounts that are given instead of an action must be positive whole numbers. */
export function priceOf(
  config: Pick<UsageConfig, 'actions' | 'meters'>,
  wish: Wish,
  quantity: number,
): Result<Cost, PriceRefusal> {
  if (wish.kind === 'action') {
    const action = config.actions.find(({ id }) => id === wish.action)
    if (action === undefined) return refuse({ code: 'action_unknown', action: wish.action })
    return ok(timesCost(action.cost, quantity))
  }
  const meters = new Map(wish.costs)
  const credits = meters.get(CREDITS) ?? 0
  meters.delete(CREDITS)
  for (const meter of meters.keys()) {
    if (!config.meters.some(({ id }) => id === meter)) return refuse({ code: 'meter_unknown', meter })
  }
  return ok(timesCost({ credits, meters }, quantity))
}
