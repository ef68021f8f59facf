import { isOwnTopic, mainTopicOf, TOPICS_MAX } from '../usecases/realtime/own-topics.ts'
import { restartAnnouncements } from './announcements.ts'
import { replay, sendDue, subscriptionOf } from './apply-change.ts'
import { CLIENT_FRAME_MAX_BYTES, type ClientFrame, type FrameRefusal, parseClientFrame } from './client-frame.ts'
import { CLOSE } from './close.ts'
import type { ServerFrame } from './envelope.ts'
import { forgetTopics } from './published-state.ts'
import type { SessionState, Step } from './session-state.ts'

/** What a session does with the text of one client frame. */
export function applyFrame(state: SessionState, text: string, now: number): Step {
  if (isTooLarge(text)) return { ...answer(state, []), state: { ...state, isClosed: true }, close: CLOSE.frameTooLarge }
  const parsed = parseClientFrame(text)
  if (!parsed.ok) return refuseFrame(state, parsed.refusal)
  const frame = parsed.value
  switch (frame.op) {
    case 'subscribe':
      return subscribe(state, frame, now)
    case 'unsubscribe':
      return unsubscribe(state, frame.topics)
    case 'ping':
      return answer(state, [{ event: 'pong', data: {} }])
    case 'pong':
      return answer(state, [])
  }
}

/** An operation that this server does not know may be one of a newer client; everything else is a broken client. */
function refuseFrame(state: SessionState, refusal: FrameRefusal): Step {
  const frames: ServerFrame[] = [{ event: 'error', data: refusal }]
  if (refusal.code === 'unknown_op') return answer(state, frames)
  return { ...answer({ ...state, isClosed: true }, frames), close: CLOSE.protocolError }
}

function subscribe(state: SessionState, frame: Extract<ClientFrame, { op: 'subscribe' }>, now: number): Step {
  const topics = new Set(state.topics)
  const accepted = new Set<string>()
  const rejected = new Set<string>()
  let isFull = false
  for (const topic of frame.topics) {
    const isOwn = isOwnTopic(state.userId, topic)
    const hasRoom = topics.size < TOPICS_MAX || topics.has(topic)
    if (isOwn && hasRoom) {
      topics.add(topic)
      accepted.add(topic)
    } else {
      rejected.add(topic)
      isFull ||= isOwn
    }
  }
  const subscribed = { ...state, topics, isResumed: state.isResumed || frame.cursor !== null }
  const replayed = frame.cursor === null ? { state: subscribed, replayed: 0 } : replay(subscribed, frame.cursor, now)
  const due = sendDue(replayed.state, now)
  const message = `A socket has at most ${TOPICS_MAX} topics.`
  const full: ServerFrame[] = isFull ? [{ event: 'error', data: { code: 'too_many_topics', message } }] : []
  const data = { topics: [...accepted], rejected: [...rejected], replayed: replayed.replayed }
  return { ...due, frames: [...due.frames, ...full, { event: 'subscribed', data }] }
}

/** There is no answer: after it, nothing more arrives on the topics. */
function unsubscribe(state: SessionState, dropped: readonly string[]): Step {
  const topics = new Set(state.topics)
  for (const topic of dropped) topics.delete(topic)
  const announcements = topics.has(mainTopicOf(state.userId))
    ? state.announcements
    : restartAnnouncements(state.announcements, state.seq)
  const left = { ...state, topics, announcements }
  return answer({ ...left, published: forgetTopics(left.published, subscriptionOf(left)) }, [])
}

function answer(state: SessionState, frames: readonly ServerFrame[]): Step {
  return { state, frames, isProbing: false, close: null }
}

/** A UTF-16 unit is at most three bytes of UTF-8, so most frames need no encoding to be judged. */
function isTooLarge(text: string): boolean {
  if (text.length > CLIENT_FRAME_MAX_BYTES) return true
  return text.length * 3 > CLIENT_FRAME_MAX_BYTES && Buffer.byteLength(text) > CLIENT_FRAME_MAX_BYTES
}
