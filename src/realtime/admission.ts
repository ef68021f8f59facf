import type { PublishedView } from '../usecases/ports/published.ts'
import type { RealtimeToken } from '../usecases/ports/realtime.ts'
import type { ConnectionRefusal } from '../usecases/realtime/connection-refusal.ts'
import { verifyToken } from '../usecases/realtime/verify-token.ts'
import type { GatewayLife } from './gateway-life.ts'
import { readPublished } from './load-published.ts'

/** Connections of one process. Bounds the memory, and the work of telling all of them the time once a second. */
const CONNECTIONS_MAX = 20_000

/** Connections of one user: more devices than a person has. */
const CONNECTIONS_PER_USER_MAX = 20

/** Connections whose token is being looked up. More than this waiting means that the database does not keep up. */
const OPENING_MAX = 1_000

/** A verified token with the customer behind it. */
export type Admission = { token: RealtimeToken; customerId: string; revision: number; published: PublishedView }

export type Refused = { refusal: ConnectionRefusal }

/** Judges a token, on every transport alike. Never rejects. */
export async function admit(life: GatewayLife, tokenText: string | null): Promise<Admission | Refused> {
  if (tokenText === null) return { refusal: 'missing_token' }
  const full = fullness(life)
  if (full !== null) return { refusal: full }
  life.opening += 1
  try {
    return await look(life, tokenText)
  } catch (error) {
    life.deps.logger.error({ err: error }, 'a realtime connection could not be opened')
    return { refusal: 'unavailable' }
  } finally {
    life.opening -= 1
  }
}

function fullness(life: GatewayLife): ConnectionRefusal | null {
  if (life.isDraining) return 'draining'
  const connectionsMax = life.deps.limits?.sockets ?? CONNECTIONS_MAX
  const connections = life.server.clients.size + life.answers.size + life.opening
  return life.opening >= OPENING_MAX || connections >= connectionsMax ? 'at_capacity' : null
}

async function look(life: GatewayLife, tokenText: string): Promise<Admission | Refused> {
  const { read, clock, secrets, limits } = life.deps
  const verified = await verifyToken({ clock, secrets, realtimeTokens: read.realtimeTokens }, tokenText)
  if (!verified.ok) return { refusal: verified.refusal.code }
  const token = verified.value
  const customer = await read.customers.findByAppUserId(token.projectId, token.userId)
  // The bootstrap made sure of the customer, so it was deleted since; a new bootstrap creates it again.
  if (customer === null) return { refusal: 'invalid_token' }
  const published = await readPublished(life.deps, token.projectId, customer.customerId)
  if (life.isDraining) return { refusal: 'draining' }
  const isReplacing = life.index.ofDevice(token) !== undefined
  const isFull = life.index.countOfUser(token) >= (limits?.socketsPerUser ?? CONNECTIONS_PER_USER_MAX)
  if (isFull && !isReplacing) return { refusal: 'too_many_sockets' }
  return { token, customerId: customer.customerId, revision: customer.revision, published }
}
