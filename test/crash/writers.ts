import { randomUUID } from 'node:crypto'
import type { Credentials } from '../../src/app/credentials-file.ts'

/** One write that a client wants done exactly once, whatever happens on the way. */
export type Write =
  | { kind: 'purchase'; userId: string; token: string }
  | { kind: 'adjust'; userId: string; key: string }

/** What a client knows: which writes were acknowledged, and which it never heard of again. */
export type Journal = { acknowledged: Write[]; unknown: Write[]; answers: Map<string, string> }

export const CREDITS_PER_PURCHASE = 500
export const CREDITS_PER_ADJUST = 7
const USERS = 12

export function newJournal(): Journal {
  return { acknowledged: [], unknown: [], answers: new Map() }
}

/**
 * Buys and adjusts, one write after the other, until told to stop or until the server is gone. A write is acknowledged
 * when its answer has arrived whole; otherwise its outcome is unknown to the client.
 */
export async function writeUntil(
  url: string,
  credentials: Credentials,
  journal: Journal,
  isStopped: () => boolean,
): Promise<void> {
  while (!isStopped()) {
    const write = newWrite(journal.acknowledged.length + journal.unknown.length)
    const transactionId = await send(url, credentials, write)
    if (transactionId === null) {
      journal.unknown.push(write)
      return
    }
    journal.acknowledged.push(write)
    journal.answers.set(nameOf(write), transactionId)
  }
}

/** Sends a write, again if need be. Answers what names its effect, or null when no good answer came. */
export async function send(url: string, credentials: Credentials, write: Write): Promise<string | null> {
  try {
    return write.kind === 'purchase'
      ? await purchase(url, credentials, write.userId, write.token)
      : await adjust(url, credentials, write.userId, write.key)
  } catch {
    return null
  }
}

export function nameOf(write: Write): string {
  return write.kind === 'purchase' ? write.token : write.key
}

export function userIds(): string[] {
  return Array.from({ length: USERS }, (_, index) => `crash-user-${index}`)
}

function newWrite(count: number): Write {
  const userId = userIds()[count % USERS] ?? 'crash-user-0'
  if (count < USERS || count % 2 === 0) return { kind: 'purchase', userId, token: `test_${Date.now()}_${randomUUID()}` }
  return { kind: 'adjust', userId, key: `key-${randomUUID()}` }
}

async function purchase(url: string, credentials: Credentials, userId: string, token: string): Promise<string> {
  const answer = await fetch(`${url}/v1/receipts`, {
    method: 'POST',
    headers: headers(credentials.test_store_key, { 'x-platform': 'web' }),
    body: JSON.stringify({ app_user_id: userId, fetch_token: token, product_id: 'credits_500' }),
  })
  const body = (await answer.json()) as {
    subscriber?: { non_subscriptions?: Record<string, { store_transaction_id: string }[]> }
  }
  const mine = body.subscriber?.non_subscriptions?.credits_500?.filter((entry) => entry.store_transaction_id === token)
  if (answer.status !== 200 || mine?.length !== 1) throw new Error(`a purchase was answered with ${answer.status}`)
  return token
}

async function adjust(url: string, credentials: Credentials, userId: string, key: string): Promise<string> {
  const answer = await fetch(`${url}/admin/credits/adjust`, {
    method: 'POST',
    headers: headers(credentials.admin_secret),
    body: JSON.stringify({ user_id: userId, amount: CREDITS_PER_ADJUST, reason: 'crash test', idempotency_key: key }),
  })
  const body = (await answer.json()) as { transaction_id?: string }
  if (answer.status !== 200 || body.transaction_id === undefined) throw new Error(`answered with ${answer.status}`)
  return body.transaction_id
}

function headers(key: string, more: Record<string, string> = {}): Record<string, string> {
  return { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...more }
}
