import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptSocket } from './accept-socket.ts'
import { admit } from './admission.ts'
import type { GatewayLife } from './gateway-life.ts'
import { readUpgrade, refuseUpgrade, type UpgradeRefusal } from './upgrade-request.ts'

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
  const admitted = await admit(life, read.token)
  if ('refusal' in admitted) return refuse(admitted.refusal)
  if (socket.destroyed) return
  try {
    life.server.handleUpgrade(request, socket, head, (ws) => acceptSocket(life, ws, admitted))
  } catch (error) {
    life.deps.logger.error({ err: error }, 'a realtime socket could not be opened')
    refuse('unavailable')
  }
}
