import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { TesterAction } from '../../usecases/ports/stores.ts'
import type { ActionTarget } from '../../usecases/purchases/perform-store-action.ts'
import { type FieldCheck, isFields, problemsOf } from './read-fields.ts'

/** The Test Store shares nothing with a family, so nothing of that could end. */
type NamedAction = Exclude<TesterAction['kind'], 'end_family_sharing'>

/** What a tester can ask for, by its name on the wire, and the fields that it needs beside. */
const NEEDED = {
  renew: [],
  unsubscribe: [],
  uncancel: [],
  fail_billing: ['grace_days'],
  give_up_billing: [],
  refund_latest: [],
  refund_part: ['percent'],
  reverse_refund: [],
  pause: ['days'],
  change_product: ['new_product_id', 'at_renewal'],
  withdraw_change: [],
  ask_price_consent: [],
  give_price_consent: [],
} as const satisfies Record<NamedAction, readonly string[]>

export const TESTER_ACTIONS = Object.keys(NEEDED) as NamedAction[]

/** Far more than any store gives or takes. */
export const DAYS_MAX = 365
const ID_MAX = 255

const CHECKS: Readonly<Record<string, FieldCheck>> = {
  grace_days: (value) => wholeProblem(value, 0, DAYS_MAX),
  days: (value) => wholeProblem(value, 1, DAYS_MAX),
  percent: (value) => wholeProblem(value, 1, 100),
  new_product_id: idProblem,
  at_renewal: (value) => (typeof value === 'boolean' ? null : 'must be true or false'),
}

type Wire = {
  action: NamedAction
  product_id?: string
  store_transaction_id?: string
  grace_days: number
  days: number
  percent: number
  new_product_id: string
  at_renewal: boolean
}

/** Reads what a tester has the Test Store do, and to which purchase. */
export function parseTesterAction(body: unknown): Result<{ target: ActionTarget; action: TesterAction }, string[]> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const needed: readonly string[] = isAction(body.action) ? NEEDED[body.action] : []
  const targets = ['product_id', 'store_transaction_id'].filter((name) => body[name] !== undefined)
  const problems = problemsOf(body, {
    action: (value) => (isAction(value) ? null : `must be one of ${TESTER_ACTIONS.join(', ')}`),
    ...Object.fromEntries(targets.map((name) => [name, idProblem])),
    ...Object.fromEntries(needed.map((name) => [name, CHECKS[name] ?? idProblem])),
  })
  if (targets.length !== 1) problems.push('body: name the purchase by either product_id or store_transaction_id')
  if (problems.length > 0) return refuse(problems)
  const wire = body as Wire
  const { product_id: storeProductId, store_transaction_id: storeTransactionId = '' } = wire
  return ok({
    target: storeProductId === undefined ? { storeTransactionId } : { storeProductId },
    action: actionFromWire(wire),
  })
}

function actionFromWire(wire: Wire): TesterAction {
  switch (wire.action) {
    case 'fail_billing':
      return { kind: wire.action, graceDays: wire.grace_days }
    case 'pause':
      return { kind: wire.action, days: wire.days }
    case 'refund_part':
      return { kind: wire.action, percent: wire.percent }
    case 'change_product':
      return { kind: wire.action, storeProductId: wire.new_product_id, isAtRenewal: wire.at_renewal }
    default:
      return { kind: wire.action }
  }
}

function isAction(value: unknown): value is NamedAction {
  return typeof value === 'string' && Object.hasOwn(NEEDED, value)
}

function idProblem(value: unknown): string | null {
  const isId = typeof value === 'string' && value !== '' && value.length <= ID_MAX
  return isId ? null : `must be a text of 1 to ${ID_MAX} characters`
}

function wholeProblem(value: unknown, min: number, max: number): string | null {
  const isWhole = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
  return isWhole ? null : `must be a whole number from ${min} to ${max}`
}
