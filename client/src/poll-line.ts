import { changeOf, frameFrom, isRecord, seqOf } from './frame.ts'
import { POLL_WAIT_MS } from './hear-frame.ts'
import { refused } from './http-refusal.ts'
import { closedWith, type Line, type LineRequest, lost } from './line.ts'
import type { Ending } from './listener-state.ts'
import { type AbortControllerLike, newAbortController, type Platform } from './platform.ts'
import type { RealtimeFrame } from './realtime-options.ts'

/** Where long polls are answered. */
const PATH = '/realtime/poll'

/** Shortest time from one poll to the next: the server tells no more than once a second. */
const SPACING_MS = 1_000

type Poll = { isOver: boolean; abort: AbortControllerLike | null; wake: (() => void) | null; timer: unknown }

/** Long polling: each answer brings what there is to tell, and the next question says what was heard. */
export function pollLine(request: LineRequest): Line {
  const poll: Poll = { isOver: false, abort: newAbortController(), wake: null, timer: null }
  const finish = (ending: Ending): void => {
    if (poll.isOver) return
    poll.isOver = true
    request.ended(ending)
  }
  askOn(request, poll).then(finish, (cause: unknown) => finish(lost(cause)))
  return {
    send: () => undefined,
    close() {
      poll.isOver = true
      poll.abort?.abort()
      request.platform.clearTimer(poll.timer)
      poll.wake?.()
    },
  }
}

async function askOn(request: LineRequest, poll: Poll): Promise<Ending> {
  const { platform } = request
  let { cursor } = request
  // The first question is answered at once, so that it is known soon whether polling works.
  let waitMs = 0
  while (!poll.isOver) {
    const askedAt = platform.now()
    const answer = await ask(request, poll, cursor, waitMs)
    if ('ending' in answer) return answer.ending
    if (answer.close !== null) return closedWith(answer.close)
    cursor = answer.cursor
    if (waitMs > 0) await pause(platform, poll, SPACING_MS - (platform.now() - askedAt))
    waitMs = POLL_WAIT_MS
  }
  return closedWith(null)
}

type Answer = { cursor: number | null; close: number | null } | { ending: Ending }

async function ask(request: LineRequest, poll: Poll, cursor: number | null, waitMs: number): Promise<Answer> {
  const { platform, base, session } = request
  const query = `wait_ms=${waitMs}${cursor === null ? '' : `&cursor=${cursor}`}`
  const headers = { authorization: `Bearer ${session.token}` }
  const signal = poll.abort === null ? {} : { signal: poll.abort.signal }
  const init = { method: 'GET', headers, cache: 'no-store', ...signal } as const
  const response = await platform.fetch?.(`${base}${PATH}?${query}`, init)
  if (response === undefined) return { ending: lost(null, true) }
  if (!response.ok) return { ending: await refused(response) }
  const body: unknown = JSON.parse(await response.text())
  if (!isRecord(body)) throw new Error('the answer is no poll')
  if (poll.isOver) return { ending: closedWith(null) }
  request.pulse()
  const frames = (Array.isArray(body.frames) ? body.frames : []).map(frameFrom).filter((frame) => frame !== null)
  for (const frame of frames) if (!poll.isOver) request.frame(frame)
  const close = isRecord(body.close) && typeof body.close.code === 'number' ? body.close.code : null
  return { cursor: cursorAfter(cursor, body.cursor, frames), close }
}

/**
 * The cursor for the next question: the server's. But when it greeted with a lower revision than was asked for, the
 * customer has become another one by a merge, and the count begins anew.
 */
function cursorAfter(asked: number | null, answered: unknown, frames: readonly RealtimeFrame[]): number | null {
  const isTold = frames.some((frame) => changeOf(frame) !== null)
  const greeting = frames.find(({ event }) => event === 'connected')
  const revision = greeting === undefined ? null : seqOf(greeting.data)
  if (!isTold && asked !== null && revision !== null && revision < asked) return revision
  return typeof answered === 'number' ? answered : asked
}

function pause(platform: Platform, poll: Poll, forMs: number): Promise<void> {
  if (forMs <= 0 || poll.isOver) return Promise.resolve()
  return new Promise((resolve) => {
    poll.wake = resolve
    poll.timer = platform.setTimer(resolve, forMs)
  })
}
