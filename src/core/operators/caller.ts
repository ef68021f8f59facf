import { mayDo, type Operator, type OperatorAction } from './operator.ts'

/** Whoever sends a request of the Admin Credits API: an operator, or one who knows the shared secret. */
export type AdminCaller = { kind: 'shared_secret' } | { kind: 'operator'; operator: Operator }

/** Who it is, for comparing and for people. */
export type AdminIdentity = { id: string; name: string | null }

/** The shared secret names nobody. All of them are one identity: whoever knows the new one knew the old one. */
export const SHARED_SECRET = 'admin'

export function identityOf(caller: AdminCaller): AdminIdentity {
  if (caller.kind === 'shared_secret') return { id: SHARED_SECRET, name: null }
  return { id: caller.operator.operatorId, name: caller.operator.name }
}

/** Who a change is booked under: `admin`, or an operator as `id/name`. */
export function actorOf({ id, name }: AdminIdentity): string {
  return name === null ? id : `${id}/${name}`
}

/** The operator under whose name a change is booked; null for anybody else, such as the shared secret. */
export function operatorIdOf(actor: string): string | null {
  const end = actor.indexOf('/')
  return end === -1 ? null : actor.slice(0, end)
}

export function isAllowed(caller: AdminCaller, action: OperatorAction): boolean {
  return caller.kind === 'shared_secret' || mayDo(caller.operator.role, action)
}

/** The one project that a caller may act in; null for all. */
export function projectOf(caller: AdminCaller): string | null {
  return caller.kind === 'shared_secret' ? null : caller.operator.projectId
}
