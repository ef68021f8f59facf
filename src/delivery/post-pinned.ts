import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Destination } from '../core/webhooks/destination.ts'

/** What is kept of an answer, for those who look at the log. */
const ANSWER_KEPT_BYTES = 2_048
/** What is read of an answer so that its connection can be used again; beyond that the connection is dropped. */
const ANSWER_READ_BYTES = 65_536
/** How long the rest of an answer is waited for: its status has decided already. */
const ANSWER_REST_MS = 5_000
/** Idle connections kept to one receiver; as many as requests to it at once. */
const IDLE_CONNECTIONS_MAX = 64

export type Posted = { status: number; answer: string }

export type PostPinned = (
  destination: Destination,
  request: { addresses: readonly string[]; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<Posted>

/** The receiver closed a connection that was kept open, as servers do after a while, before it could read the request. */
const STALE = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/**
 * Sends a request to one of the addresses and to no other, whatever the name leads to meanwhile; the name stays in the
 * header `Host` and is what the certificate must be for. Redirects are answers like others: they are not followed, so
 * there is no second destination to judge. Rejects when there is no answer.
 */
export function createPoster(): { post: PostPinned; close(): void } {
  const keeping = { keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS_MAX }
  const agents = { 'http:': new http.Agent(keeping), 'https:': new https.Agent(keeping) }
  const post: PostPinned = async (destination, request) => {
    const protocol = destination.url.protocol as keyof typeof agents
    try {
      return await send(destination, { ...request, agent: agents[protocol] })
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error
      return send(destination, { ...request, agent: false })
    }
  }
  return {
    post,
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

class StaleConnection extends Error {}

type Sending = Parameters<PostPinned>[1] & { agent: http.Agent | false }

function send({ url, host }: Destination, { addresses, headers, body, signal, agent }: Sending): Promise<Posted> {
  const { request: open } = url.protocol === 'https:' ? https : http
  const options: RequestOptions = {
    method: 'POST',
    host,
    port: url.port === '' ? undefined : url.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, Host: url.host, 'Content-Length': Buffer.byteLength(body) },
    lookup: pinnedTo(addresses),
    agent,
    signal,
  }
  return new Promise((resolve, reject) => {
    const request: ClientRequest = open(options)
    let isAnswered = false
    request.on('response', (response) => {
      isAnswered = true
      readBeginning(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      reject(request.reusedSocket && STALE.has(error.code ?? '') ? new StaleConnection() : error)
    })
    // An answer that is none, such as a change of the protocol, ends without an error.
    request.on('close', () => {
      if (!isAnswered) reject(new Error('closed without an answer'))
    })
    request.end(body)
  })
}

/** Answers the judged addresses instead of asking for the name again. Not asked at all when the host is an address. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, { all }, done) => {
    const [first] = found
    if (all === true) done(null, found)
    else done(null, first?.address ?? '', first?.family)
  }
}

/** Reads what is kept, and a bit more. An answer that goes on or stalls is cut off; its status counts all the same. */
function readBeginning(response: IncomingMessage): Promise<string> {
  const kept: Buffer[] = []
  let size = 0
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      resolve(textOf(Buffer.concat(kept)))
    }
    const timer = setTimeout(() => response.destroy(), ANSWER_REST_MS)
    response.on('data', (chunk: Buffer) => {
      if (size < ANSWER_KEPT_BYTES) kept.push(chunk.subarray(0, ANSWER_KEPT_BYTES - size))
      size += chunk.length
      if (size > ANSWER_READ_BYTES) response.destroy()
    })
    // An answer that breaks off is an error too, and told by `close` like its end.
    response.on('error', () => undefined)
    response.on('close', end)
  })
}

/** The log is JSON in a database: no control character that either refuses. */
function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll(/[^\P{Cc}\t\n\r]/gu, '\uFFFD')
}
