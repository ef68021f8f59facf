import { FAULT_KINDS } from './faults.ts'
import type { Run } from './simulation.ts'

/** What was tried by the runs so far, by name. */
export type Coverage = Map<string, number>

/** What each run of many must have tried: a simulation in which something never happens says nothing about it. */
const WANTED = [
  ...[
    'adjust',
    'change',
    'authorise',
    'hold_order',
    'reverse',
    'consume',
    'buy',
    'store_word',
    'store_action',
    'grant',
    'revoke',
    'delete',
    'identify',
    'alias',
    'job',
  ].map((kind) => `${kind} acknowledged`),
  ...['adjust', 'change', 'authorise', 'hold_order', 'reverse', 'consume', 'buy'].map((kind) => `${kind} unknown`),
  ...['relay_events', 'expire_grants'].map((job) => `job ${job} acknowledged`),
  ...[
    'renew',
    'fail_billing',
    'cancel',
    'uncancel',
    'refund_latest',
    'reverse_refund',
    'pause',
    'change_product',
    'extend',
  ].map((action) => `action ${action} acknowledged`),
  ...FAULT_KINDS.map((kind) => `fault ${kind}`),
  ...['cut_before', 'cut_after', 'error', 'conflict', 'kill_before', 'kill_after'].map(
    (kind) => `fault ${kind} at commit`,
  ),
  ...['cut_before', 'error'].map((kind) => `fault ${kind} at begin`),
  ...[
    'insufficient_balance',
    'balance_above_maximum',
    'idempotency_key_conflict',
    'already_reversed',
    'hold_expired',
  ].map((code) => `refused ${code}`),
]

export function count(coverage: Coverage, { journal, faults }: Run): void {
  const add = (name: string) => coverage.set(name, (coverage.get(name) ?? 0) + 1)
  for (const { request, answer } of journal.attempts) {
    add('requests')
    const { wish } = request
    add(`${wish.kind} ${answer.kind}`)
    if (wish.kind === 'job') add(`job ${wish.job} ${answer.kind}`)
    if (wish.kind === 'store_action') add(`action ${wish.action.kind} ${answer.kind}`)
    if (answer.kind === 'refused') add(`refused ${answer.code}`)
  }
  for (const { kind, text } of faults.met) {
    add('faults')
    add(`fault ${kind}`)
    if (text === 'commit' || text === 'begin') add(`fault ${kind} at ${text}`)
  }
}

/** What was never tried. */
export function missing(coverage: Coverage): string[] {
  return WANTED.filter((name) => !coverage.has(name))
}
