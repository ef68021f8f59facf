import { type Attempt, TokenRefused } from './client.ts'
import { type Frame, take } from './frame.ts'

/** Listens to server-sent events until the stream ends. */
export async function eventStreamTransport(attempt: Attempt): Promise<void> {
  const controller = new AbortController()
  attempt.cutBy(() => controller.abort())
  const cursor = attempt.cursor()
  const answer = await fetch(`${attempt.server.url}/realtime/events${cursor === null ? '' : `?cursor=${cursor}`}`, {
    headers: { authorization: `Bearer ${attempt.token}` },
    signal: controller.signal,
  })
  if (answer.status === 401) throw new TokenRefused()
  if (!answer.ok || answer.body === null) throw new Error(`refused with ${answer.status}`)
  let text = ''
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    const events = `${text}${chunk}`.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) hear(attempt, event)
  }
}

/** One event of the stream. Those without data are comments and the time to wait before coming back. */
function hear(attempt: Attempt, event: string): void {
  const data = event.split('\n').find((line) => line.startsWith('data: '))
  if (data !== undefined) take(attempt, JSON.parse(data.slice('data: '.length)) as Frame)
}
