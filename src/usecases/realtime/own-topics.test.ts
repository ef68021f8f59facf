import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOwnTopic, startingTopics, TOPICS_MAX } from './own-topics.ts'

describe('startingTopics', () => {
  it("keeps the user's own topics once each, and drops the others in silence", () => {
    const asked = ['user:me:a', 'user:you', 'org:1', 'user:me', 'user:me:a']
    expect(startingTopics('me', asked)).toEqual(['user:me:a', 'user:me'])
  })

  it("takes the user's main topic when nothing is left", () => {
    expect(startingTopics('me', [])).toEqual(['user:me'])
    expect(startingTopics('me', ['user:you'])).toEqual(['user:me'])
  })

  it('is bounded', () => {
    const asked = Array.from({ length: TOPICS_MAX + 5 }, (_none, index) => `user:me:${index}`)
    expect(startingTopics('me', asked)).toHaveLength(TOPICS_MAX)
  })
})

describe('isOwnTopic', () => {
  it('never takes the main topic of another user, unless their id lies inside the namespace', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (me, you) => {
        fc.pre(me !== you && !you.startsWith(`${me}:`))
        expect(isOwnTopic(me, `user:${you}`)).toBe(false)
      }),
    )
  })
})
