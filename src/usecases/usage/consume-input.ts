import type { Wish } from '../../core/usage/price.ts'
import type { IdempotencyKey } from '../ports.ts'

/** Who wants something to be consumed: the signed-in user, or a server with a secret key of the project. */
export type Consumer = { kind: 'user' } | { kind: 'server'; keyId: string }

export type ConsumeInput = {
  projectId: string
  userId: string
  by: Consumer
  wish: Wish
  /** How many times; a whole number, at least 1. */
  quantity: number
  /** Null when the caller gave none; then every request is a consumption of its own. */
  idempotencyKey: string | null
  requestId: string
}

const SCOPE = 'usage.consume'

/**
 * Keys belong to one user and one kind of caller: two users who choose the same key have nothing to do with each
 * other, and an app cannot take a key first that the server is going to use.
 */
export function consumptionKeyOf({ projectId, userId, by, idempotencyKey }: ConsumeInput): IdempotencyKey | null {
  if (idempotencyKey === null) return null
  return { projectId, scope: SCOPE, key: JSON.stringify([by.kind, userId, idempotencyKey]) }
}

/** The whole input in one fixed form, whatever order the costs came in. */
export function fingerprintOf({ wish, quantity }: ConsumeInput): string {
  const what = wish.kind === 'action' ? wish.action : [...wish.costs].sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([wish.kind, what, quantity])
}
