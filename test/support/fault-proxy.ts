import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What a line to another server can do to a request. `after` means that the server has done its work by then, `before`
 * that it never heard of the request; a `late` request arrives when nobody waits for its answer any more.
 */
export const FAULTS = [
  'none',
  'hang_before',
  'hang_after',
  'late',
  'reset_before',
  'reset_after',
  'half_an_answer',
  'locked',
  'rate_limited',
  'rate_limited_long',
  'server_error_before',
  'server_error_after',
  'malformed_after',
  'other_form_after',
  'unauthorized',
] as const
export type Fault = (typeof FAULTS)[number]

export type Heard = { method: string; path: string; key: string | undefined }

export type FaultProxy = {
  url: string
  /** Every request that came, in order. */
  heard: Heard[]
  close(): Promise<void>
}

export type ProxyOptions = {
  target: string
  /** Chooses what happens to a request. */
  faultFor(request: Heard): Fault
  /** Called when the caller has waited for long enough: its timeout strikes. */
  expire(): void
}

type Forwarded = { status: number; body: string }

/** A proxy on the loopback that breaks what it is told to break. */
export async function startFaultProxy({ target, faultFor, expire }: ProxyOptions): Promise<FaultProxy> {
  const heard: Heard[] = []
  const underWay = new Set<Promise<unknown>>()
  const forward = async (request: IncomingMessage, body: string): Promise<Forwarded> => {
    const { method = 'GET', url = '/', headers } = request
    const sent = Object.entries(headers).filter(([name]) => FORWARDED.has(name)) as [string, string][]
    const answer = await fetch(target + url, { method, headers: sent, ...(body !== '' && { body }) })
    return { status: answer.status, body: await answer.text() }
  }
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray()).toString()
    const seen = { method: request.method ?? '', path: request.url ?? '', key: keyOf(request) }
    heard.push(seen)
    const fault = faultFor(seen)
    if (fault === 'hang_before' || fault === 'late') expire()
    if (isForwarded(fault)) {
      const forwarded = await forward(request, body)
      if (fault === 'hang_after') expire()
      return answerAfter(fault, response, forwarded)
    }
    return answerAlone(fault, response)
  }
  const server = createServer((request, response) => {
    const work = handle(request, response)
      .catch(() => response.destroy())
      .finally(() => underWay.delete(work))
    underWay.add(work)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    async close() {
      server.closeAllConnections()
      server.close()
      await Promise.all(underWay)
    },
  }
}

const FORWARDED = new Set(['authorization', 'content-type', 'idempotency-key', 'accept'])

function keyOf(request: IncomingMessage): string | undefined {
  return request.headers['idempotency-key'] as string | undefined
}

function isForwarded(fault: Fault): boolean {
  return fault === 'none' || fault === 'late' || fault === 'half_an_answer' || fault.endsWith('_after')
}

function answerAfter(fault: Fault, response: ServerResponse, { status, body }: Forwarded): void {
  switch (fault) {
    case 'none':
      send(response, status, body)
      break
    case 'server_error_after':
      sendError(response, 500, 'server_error', 1)
      break
    case 'malformed_after':
      send(response, 200, body.slice(0, -5))
      break
    case 'other_form_after':
      send(response, 200, '{"object":"list","items":[{"balance":"many"}]}')
      break
    case 'reset_after':
      response.destroy()
      break
    case 'half_an_answer':
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length + 10 })
      response.write(body, () => response.destroy())
      break
    default:
    // Whoever hangs says nothing; the caller has gone by itself.
  }
}

function answerAlone(fault: Fault, response: ServerResponse): void {
  const seconds = fault === 'rate_limited' ? 1 : 60
  switch (fault) {
    case 'reset_before':
      response.destroy()
      break
    case 'locked':
      sendError(response, 423, 'resource_locked_error', 700)
      break
    case 'server_error_before':
      sendError(response, 503, 'server_error', 1)
      break
    case 'unauthorized':
      sendError(response, 401, 'authentication_error')
      break
    case 'rate_limited':
    case 'rate_limited_long':
      response.setHeader('retry-after', seconds)
      sendError(response, 429, 'rate_limit_error', seconds * 1_000)
      break
    default:
    // The caller waits in vain.
  }
}

function sendError(response: ServerResponse, status: number, type: string, backoffMs?: number): void {
  const retryable = backoffMs !== undefined
  const body = { object: 'error', type, message: `said by the proxy: ${type}`, retryable, backoff_ms: backoffMs }
  send(response, status, JSON.stringify(body))
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}
