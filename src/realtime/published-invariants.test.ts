import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CustomerChange } from '../core/events/event.ts'
import type { PublishedEnvelope } from '../core/events/published-envelope.ts'
import { publishedKind } from '../core/events/published-envelope.ts'
import { isInvalidation, type ServerFrame } from './envelope.ts'
import { openSession, type SessionInput, step } from './protocol.ts'
import { isWanting } from './published-state.ts'

const START = 1_700_000_000_000

/** What happens to a customer, and how a session hears of it. */
const happening = fc.record({
  kind: fc.constantFrom('usage' as const, 'publish' as const),
  event: fc.constantFrom('orders.updated', 'orders.deleted', 'chat.read'),
  /** With its content, without it, or not at all: then the next one shows a gap. */
  heard: fc.constantFrom('whole' as const, 'hint' as const, 'lost' as const),
  passesMs: fc.nat(1_200),
  /** Whether the read that a session wants is answered before the next thing happens. */
  isRead: fc.boolean(),
})

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never

function play(story: readonly Happening[]) {
  let now = START
  let revision = 5
  const kept = new Map<string, PublishedEnvelope>()
  const opening = { userId: 'me', customerId: 'c1', topics: ['user:me'], expiresAt: START + 900_000, now }
  let { state } = openSession({ ...opening, revision, published: { revision, envelopes: [] } })
  const told: ServerFrame[] = []
  const give = (input: SessionInput): void => {
    const next = step(state, input)
    state = next.state
    told.push(...next.frames.filter(isInvalidation))
  }
  const read = (): void => {
    if (!isWanting(state.published)) return
    give({ type: 'published', customerId: 'c1', view: { revision, envelopes: [...kept.values()] }, now })
  }
  for (const one of story) {
    now += one.passesMs
    revision += 1
    const change: CustomerChange = { ...CHANGE, revision, kinds: ['usage'] }
    if (one.kind === 'publish') {
      const fields = { topicSuffix: '', event: one.event, revision, data: null, occurredAt: now }
      const published: PublishedEnvelope = { envelopeId: `envl${revision}`, ...fields }
      kept.set(publishedKind(published), published)
      Object.assign(change, { kinds: ['custom'], cause: 'publish', ...(one.heard === 'whole' && { published }) })
    }
    if (one.heard !== 'lost') give({ type: 'change', change, now })
    if (one.isRead) read()
  }
  give({ type: 'revision', customerId: 'c1', revision, now })
  read()
  for (let second = 0; second < 3; second++) {
    now += 1_000
    give({ type: 'tick', now })
  }
  return { told, kept: [...kept.values()] }
}

const CHANGE: CustomerChange = {
  projectId: 'proj',
  customerId: 'c1',
  revision: 0,
  kinds: [],
  cause: 'admin_adjust',
  currency: null,
  occurredAt: START,
  absorbedCustomerId: null,
}

it('however a session hears of them, the last message of each kind is told, and nothing overtakes a lower seq', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
      const { told, kept } = play(story)
      const seqs = told.flatMap((frame) => (isInvalidation(frame) ? [frame.data.seq] : []))
      expect(seqs).toEqual([...seqs].sort((one, other) => one - other))
      for (const { event, envelopeId } of kept) {
        const ids = told.flatMap((frame) => (isInvalidation(frame) && frame.event === event ? [frame.data.id] : []))
        expect(ids.at(-1)).toBe(envelopeId)
        expect(new Set(ids).size).toBe(ids.length)
      }
    }),
    { numRuns: 500 },
  )
})
