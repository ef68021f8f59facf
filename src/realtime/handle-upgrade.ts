import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { verifyToken } from '../usecases/realtime/verify-token.ts'
import { type Admission, acceptSocket } from './accept-socket.ts'
import type { GatewayLife } from './gateway-life.ts'
import { readUpgrade, refuseUpgrade, type UpgradeRefusal } from './upgrade-request.ts'

/** Sockets of one process. Bounds the memory, and the work of telling all of them the time once a second. */
const SOCKETS_MAX = 20_000

/** Sockets of one user: more devices than a person has. */
const SOCKETS_PER_USER_MAX = 20

/** Upgrades whose token is being looked up. More than this waiting means that the database does not keep up. */
const OPENING_MAX = 1_000

/** Answers one WebSocket upgrade: opens a session, or refuses with a JSON body. Never rejects. */
export async function handleUpgrade(
  life: GatewayLife,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const refuse = (refusal: UpgradeRefusal): void => refuseUpgrade(socket, refusal, life.deps.newRequestId())
  // Without a listener, a connection that breaks while the token is looked up would end the process.
  socket.on('error', () => socket.destroy())
  const read = readUpgrade(request)
  if ('refusal' in read) return refuse(read.refusal)
  const full = fullness(life)
  if (full !== null) return refuse(full)
  life.opening += 1
  try {
    const admitted = await admit(life, read.token)
    if ('refusal' in admitted) return refuse(admitted.refusal)
    if (socket.destroyed) return
    life.server.handleUpgrade(request, socket, head, (ws) => acceptSocket(life, ws, admitted))
  } catch (error) {
    life.deps.logger.error({ err: error }, 'a realtime socket could not be opened')
    refuse('unavailable')
  } finally {
    life.opening -= 1
  }
}

function fullness(life: GatewayLife): UpgradeRefusal | null {
  if (life.isDraining) return 'draining'
  const socketsMax = life.deps.limits?.sockets ?? SOCKETS_MAX
  return life.opening >= OPENING_MAX || life.server.clients.size + life.opening >= socketsMax ? 'at_capacity' : null
}

async function admit(life: GatewayLife, text: string): Promise<Admission | { refusal: UpgradeRefusal }> {
  const { read, clock, secrets, limits } = life.deps
  const verified = await verifyToken({ clock, secrets, realtimeTokens: read.realtimeTokens }, text)
  if (!verified.ok) return { refusal: verified.refusal.code }
  const token = verified.value
  const customer = await read.customers.findByAppUserId(token.projectId, token.userId)
  // The bootstrap made sure of the customer, so it was deleted since; a new bootstrap creates it again.
  if (customer === null) return { refusal: 'invalid_token' }
  if (life.isDraining) return { refusal: 'draining' }
  const isReplacing = life.index.ofDevice(token) !== undefined
  const isFull = life.index.countOfUser(token) >= (limits?.socketsPerUser ?? SOCKETS_PER_USER_MAX)
  if (isFull && !isReplacing) return { refusal: 'too_many_sockets' }
  return { token, customerId: customer.customerId, revision: customer.revision }
}
