import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/core/lib/clock.ts'
import { ok } from '../../src/core/lib/result.ts'
import { aliasCustomer, identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { refreshDuePurchases } from '../../src/usecases/purchases/refresh-due-purchases.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { auditDatabase } from '../support/audit.ts'
import { buy, createDemo, type Demo, newToken } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

let world: World
let demo: Demo
let runs = 0
beforeAll(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
  await world.ctx.transaction(async (tx) => {
    await tx.projects.updateTestStore(demo.projectId, { testStorePace: 'accelerated', testStoreMaxRenewals: 2 })
    return ok(null)
  })
})
afterAll(() => world.close())

/** One call of a client. Ids and tokens are numbers out of a small range, so that calls get in each other's way. */
type Call =
  | { kind: 'identify' | 'alias'; from: number; to: number }
  | { kind: 'post'; who: number; token: number; product: string }
  | { kind: 'adjust'; who: number; amount: number; key: number | null }
  | { kind: 'attribute'; who: number }
  | { kind: 'renew' }

const IDS = 6
const id = fc.nat(IDS - 1)
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('identify' as const, 'alias' as const), from: id, to: id }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      who: id,
      token: fc.nat(3),
      product: fc.constantFrom('credits_500', 'pro_monthly'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('adjust' as const),
      who: id,
      amount: fc.constantFrom(-700, -100, 30),
      key: fc.option(fc.nat(2)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('attribute' as const), who: id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('renew' as const) }) },
)

/** A few waves of calls. Those of a wave run at the same time; between waves a billing period may pass. */
const waves = fc.array(
  fc.record({ calls: fc.array(call, { minLength: 2, maxLength: 10 }), periodPasses: fc.boolean() }),
  {
    minLength: 1,
    maxLength: 4,
  },
)

/** The ids and tokens of one run: half of the ids are anonymous. */
function names(run: number) {
  const digits = (index: number) => (run * IDS + index).toString(16).padStart(32, '0')
  const ids = Array.from({ length: IDS }, (_, index) =>
    index % 2 === 0 ? `$RCAnonymousID:${digits(index)}` : `person-${run}-${index}`,
  )
  return { idOf: (index: number) => ids[index] ?? '', tokens: Array.from({ length: 4 }, () => newToken(world.ctx)) }
}

async function make(next: Call, run: number, { idOf, tokens }: ReturnType<typeof names>): Promise<unknown> {
  const { ctx } = world
  const { projectId } = demo
  switch (next.kind) {
    case 'identify':
      return identifyCustomer(ctx, { projectId, appUserId: idOf(next.from), newAppUserId: idOf(next.to) })
    case 'alias':
      return aliasCustomer(ctx, { projectId, appUserId: idOf(next.from), newAppUserId: idOf(next.to) })
    case 'post':
      return buy(ctx, demo, idOf(next.who), next.product, tokens[next.token])
    case 'adjust':
      return adjustBalance(ctx, {
        projectId,
        userId: idOf(next.who),
        currency: 'CRD',
        amount: next.amount,
        reason: 'ZD-1',
        idempotencyKey: next.key === null ? null : `key-${run}-${next.key}`,
        actor: 'support',
        requestId: 'req1',
      })
    case 'attribute':
      return setAttributes(ctx, {
        projectId,
        appUserId: idOf(next.who),
        attributes: [{ key: 'a', value: 'b', updatedAt: null }],
      })
    case 'renew':
      return refreshDuePurchases(ctx)
  }
}

/** Every revision was given once: two changes under one number would mean that one of them was overlooked. */
function expectRisingRevisions(): void {
  const given = world.changes.map((change) => `${change.customerId} ${change.revision}`)
  expect(given.filter((revision, index) => given.indexOf(revision) !== index)).toEqual([])
}

test('whatever identify, alias, receipt, adjustment and renewal do at the same moment, the database stays sound', async () => {
  await fc.assert(
    fc.asyncProperty(waves, async (life) => {
      runs += 1
      const run = runs
      const known = names(run)
      for (const { calls, periodPasses } of life) {
        await Promise.all(calls.map((next) => make(next, run, known)))
        expect(await auditDatabase(world.database)).toEqual([])
        if (periodPasses) world.clock.advance(6 * MINUTE_MS)
      }
      expectRisingRevisions()
    }),
    { numRuns: 25, endOnFailure: true },
  )
}, 120_000)
