/** What the gateway sends at rest, and how often. */
export const PING_FRAME = '{"v":1,"event":"ping","data":{}}'
export const PING_INTERVAL_MS = 30_000

/** A frame as long as an invalidation, which carries its time. */
export function echoFrame(sentAt: number): string {
  const data = { id: 'x'.repeat(48), topic: 'user:bench-00000', silent: true, seq: 412, sent_at: sentAt }
  return JSON.stringify({ v: 1, event: 'usage.changed', data: { ...data, cause: 'admin_adjust', currency: 'CRD' } })
}
