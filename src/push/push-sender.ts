/** What one push says. */
export type PushNotice = { event: 'usage.changed' | 'entitlements.changed'; seq: number }

/** What became of a push. `gone`: the service does not know the device any more. `refused`: no later try will help. */
export type PushOutcome =
  | { status: 'sent' }
  | { status: 'gone' }
  | { status: 'refused'; reason: string }
  | { status: 'later'; reason: string; retryAfterMs: number | null }

/** Hands pushes to the service of a platform. Never rejects. */
export type PushSender = {
  send(pushToken: string, notice: PushNotice): Promise<PushOutcome>
  close(): void
}
