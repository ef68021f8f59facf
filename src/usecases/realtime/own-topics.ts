/** Longest topic in UTF-16 units: `user:`, the longest app user id and room for a suffix. */
export const TOPIC_MAX_LENGTH = 256

/** Most topics of one socket, so that a session stays small. */
export const TOPICS_MAX = 100

/** The topic that carries the silent invalidations of one user. */
export function mainTopicOf(userId: string): string {
  return `user:${userId}`
}

/**
 * Whether a topic is in the namespace of a user: `user:<id>` itself, or `user:<id>:` and more. Every other topic is
 * closed. The namespace only says what may be asked for: ids may contain colons, so two users can spell the same
 * topic. What is delivered is therefore looked up by customer, never by topic.
 */
export function isOwnTopic(userId: string, topic: string): boolean {
  const main = mainTopicOf(userId)
  if (topic === main) return true
  if (topic.length > TOPIC_MAX_LENGTH || !topic.isWellFormed() || /\p{Cc}/u.test(topic)) return false
  return topic.startsWith(`${main}:`) && topic.length > main.length + 1
}

/**
 * The topics a new session starts with: those asked for that are the user's own, each once, at most `TOPICS_MAX`.
 * Others are dropped in silence; when nothing is left, the user's main topic is taken.
 */
export function startingTopics(userId: string, asked: readonly string[]): string[] {
  const own = new Set(asked.filter((topic) => isOwnTopic(userId, topic)))
  return own.size === 0 ? [mainTopicOf(userId)] : [...own].slice(0, TOPICS_MAX)
}
