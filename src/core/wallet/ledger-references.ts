import type { LedgerTransaction } from './ledger-transaction.ts'
import { ticketsIn } from './tickets.ts'

/** Something that a ledger transaction can be found by, whoever's ledger it is in. */
export type LedgerReference = { kind: 'ticket' | 'operator'; value: string }

/** An operator is booked as `id/name`, or by the id alone. */
const OPERATOR = /^(oper[0-9a-f]{1,60})(?:\/|$)/

/**
 * The id of the operator that an actor is; null for all others. The rules, the shared secret, keys and customers name no
 * person and stand in most of the ledger: an index of them would be as large as it and tell nothing.
 */
export function operatorIdOf(actor: string): string | null {
  return OPERATOR.exec(actor)?.[1] ?? null
}

/**
 * What a ledger transaction can be found by. Most have nothing of the kind, and then there is nothing to write. Request
 * ids are left out: each would be a row for one transaction, and the log has them.
 */
export function referencesOf({ reason, actor }: Pick<LedgerTransaction, 'reason' | 'actor'>): LedgerReference[] {
  const tickets = ticketsIn(reason).map((value): LedgerReference => ({ kind: 'ticket', value }))
  const operatorId = operatorIdOf(actor)
  return operatorId === null ? tickets : [...tickets, { kind: 'operator', value: operatorId }]
}
