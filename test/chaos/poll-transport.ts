import { type Attempt, TokenRefused } from './client.ts'
import { type Frame, take } from './frame.ts'

type Answer = { cursor: number; frames: Frame[]; close: { code: number } | null }

/** One long poll. */
export async function pollTransport(attempt: Attempt): Promise<void> {
  const controller = new AbortController()
  attempt.cutBy(() => controller.abort())
  const cursor = attempt.cursor()
  const answer = await fetch(`${attempt.server.url}/realtime/poll${cursor === null ? '' : `?cursor=${cursor}`}`, {
    headers: { authorization: `Bearer ${attempt.token}` },
    signal: controller.signal,
  })
  if (answer.status === 401) throw new TokenRefused()
  if (!answer.ok) throw new Error(`refused with ${answer.status}`)
  const body = (await answer.json()) as Answer
  for (const frame of body.frames) take(attempt, frame)
  // The first poll only says where to begin.
  if (cursor === null) attempt.greeted(body.cursor)
}
