import type { Session, SessionOwner, Transport } from './session.ts'

/** Finds open sessions by who listens to whom. Changes are delivered through the customer, never through a topic. */
export type SessionIndex = {
  readonly size: number
  all(): Session[]
  ofCustomer(projectId: string, customerId: string): Session[]
  ofDevice(owner: SessionOwner): Session | undefined
  countOfUser(owner: SessionOwner): number
  countOf(transport: Transport): number
  add(session: Session): void
  /** Files a session under the customer that it listens to now. One that was removed stays removed. */
  refile(session: Session): void
  remove(session: Session): void
}

export function createSessionIndex(): SessionIndex {
  const customerKeys = new Map<Session, string>()
  const byCustomer = new Map<string, Set<Session>>()
  const byUser = new Map<string, Set<Session>>()
  const byDevice = new Map<string, Session>()
  const byTransport = new Map<string, Set<Session>>()
  const add = (session: Session): void => {
    const key = customerKey(session.owner.projectId, session.customerId())
    customerKeys.set(session, key)
    addTo(byCustomer, key, session)
    addTo(byUser, userKey(session.owner), session)
    byDevice.set(deviceKey(session.owner), session)
    addTo(byTransport, session.wire.transport, session)
  }
  const refile = (session: Session): void => {
    const current = customerKeys.get(session)
    const next = customerKey(session.owner.projectId, session.customerId())
    if (current === undefined || current === next) return
    customerKeys.set(session, next)
    removeFrom(byCustomer, current, session)
    addTo(byCustomer, next, session)
  }
  const remove = (session: Session): void => {
    const key = customerKeys.get(session)
    if (key === undefined) return
    customerKeys.delete(session)
    removeFrom(byCustomer, key, session)
    removeFrom(byUser, userKey(session.owner), session)
    removeFrom(byTransport, session.wire.transport, session)
    if (byDevice.get(deviceKey(session.owner)) === session) byDevice.delete(deviceKey(session.owner))
  }
  return {
    get size() {
      return customerKeys.size
    },
    all: () => [...customerKeys.keys()],
    ofCustomer: (projectId, customerId) => [...(byCustomer.get(customerKey(projectId, customerId)) ?? [])],
    ofDevice: (owner) => byDevice.get(deviceKey(owner)),
    countOfUser: (owner) => byUser.get(userKey(owner))?.size ?? 0,
    countOf: (transport) => byTransport.get(transport)?.size ?? 0,
    add,
    refile,
    remove,
  }
}

/** Ids hold no line breaks; a device id, which may hold anything, comes last. So different parts make different keys. */
function customerKey(projectId: string, customerId: string): string {
  return `${projectId}\n${customerId}`
}

function userKey({ projectId, userId }: SessionOwner): string {
  return `${projectId}\n${userId}`
}

function deviceKey(owner: SessionOwner): string {
  return `${userKey(owner)}\n${owner.deviceId}`
}

function addTo(map: Map<string, Set<Session>>, key: string, session: Session): void {
  const set = map.get(key)
  if (set === undefined) map.set(key, new Set([session]))
  else set.add(session)
}

function removeFrom(map: Map<string, Set<Session>>, key: string, session: Session): void {
  const set = map.get(key)
  set?.delete(session)
  if (set?.size === 0) map.delete(key)
}
