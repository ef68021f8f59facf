import type { Clock } from '../core/lib/clock.ts'
import { type DeliveryAttempt, SUCCESS } from '../core/webhooks/delivery.ts'
import { type AllowedHosts, parseDestination, refuseAddresses } from '../core/webhooks/destination.ts'
import { parseIpAddress } from '../core/webhooks/ip-address.ts'
import { secretsAt, type WebhookEndpoint } from '../core/webhooks/webhook-endpoint.ts'
import type { PostPinned } from './post-pinned.ts'
import type { ResolveHost } from './resolve-host.ts'
import { signRequest } from './sign-request.ts'

export type SenderDeps = {
  clock: Clock
  resolve: ResolveHost
  post: PostPinned
  allowed: AllowedHosts
  /** Longest time of an attempt, from the look-up of the name to the status of the answer. */
  timeoutMs: number
}

type Sendable = Pick<WebhookEndpoint, 'url' | 'authorization' | 'secret' | 'previousSecret'>

/** Tries once to hand an event over. Rejects only when `stopping` says so before there is an answer. */
export type SendWebhook = (
  endpoint: Sendable,
  event: { webhookId: string; body: string },
  stopping: AbortSignal,
) => Promise<Omit<DeliveryAttempt, 'isProbe'>>

export function createSender(deps: SenderDeps): SendWebhook {
  return async (endpoint, event, stopping) => {
    const at = deps.clock.now()
    const { Authorization, ...headers } = headersOf(endpoint, event, at)
    const secretHeaders = Authorization === undefined ? headers : { ...headers, Authorization }
    const { signal, release } = endingWith(stopping, deps.timeoutMs)
    try {
      const result = await attempt(deps, endpoint.url, { headers: secretHeaders, body: event.body, signal })
      return ended(result)
    } catch (error) {
      if (stopping.aborted) throw error
      return ended({ status: null, answer: '', error: signal.aborted ? 'timeout' : reasonOf(error) })
    } finally {
      release()
    }
    function ended(result: Pick<DeliveryAttempt, 'status' | 'answer' | 'error'>) {
      return { at, durationMs: deps.clock.now() - at, ...result, headers: shown(headers, Authorization) }
    }
  }
}

/** A signal of one attempt, which leaves nothing behind at the signal of the whole process. */
function endingWith(stopping: AbortSignal, timeoutMs: number): { signal: AbortSignal; release(): void } {
  const ending = new AbortController()
  const end = () => ending.abort()
  const timer = setTimeout(end, timeoutMs)
  stopping.addEventListener('abort', end)
  if (stopping.aborted) end()
  return {
    signal: ending.signal,
    release() {
      clearTimeout(timer)
      stopping.removeEventListener('abort', end)
    },
  }
}

type Sent = { headers: Record<string, string>; body: string; signal: AbortSignal }

async function attempt(
  { resolve, post, allowed }: SenderDeps,
  url: string,
  sent: Sent,
): Promise<Pick<DeliveryAttempt, 'status' | 'answer' | 'error'>> {
  const destination = parseDestination(url, allowed)
  if (!destination.ok) return notSent(destination.refusal.reason)
  const { host } = destination.value
  const addresses = parseIpAddress(host) === null ? await orAborted(resolve(host), sent.signal) : [host]
  const refusal = refuseAddresses(destination.value, addresses, allowed)
  if (refusal !== null) return notSent(refusal.reason)
  const { status, answer } = await post(destination.value, { ...sent, addresses })
  return { status, answer, error: status === SUCCESS ? null : `answered ${status}` }
}

function notSent(reason: string): Pick<DeliveryAttempt, 'status' | 'answer' | 'error'> {
  return { status: null, answer: '', error: `not sent: the address ${reason}` }
}

/** A look-up of a name cannot be stopped; it is only waited for no longer. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([promise, aborted])
}

function headersOf(
  endpoint: Sendable,
  { webhookId, body }: { webhookId: string; body: string },
  now: number,
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'Purser-Webhooks',
    ...(endpoint.authorization === null ? {} : { Authorization: endpoint.authorization }),
    ...signRequest({ webhookId, body, now }, secretsAt(endpoint, now)),
  }
}

/** As the log shows them: that there was an authorization, and not which. */
function shown(headers: Record<string, string>, authorization: string | undefined): Record<string, string> {
  return authorization === undefined ? headers : { ...headers, Authorization: '(not shown)' }
}

/** The code of a failure, such as ECONNREFUSED or a fault of a certificate; its text could name inner addresses. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : 'no answer'
}
