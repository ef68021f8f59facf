import { expect, test } from 'vitest'
import { entitlementsOf } from '../../src/core/entitlements/entitlements-of.ts'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import type { Purchase } from '../../src/core/purchases/purchase.ts'
import type { StoreAction, TesterAction } from '../../src/usecases/ports/stores.ts'
import { type Random, seededRandom } from '../simulation/random.ts'
import { auditDatabase } from '../support/audit.ts'
import { IdeaOfStore, type Person, type Sold } from '../support/idea-of-store.ts'
import { checkAgain, readTraces } from '../support/life-traces.ts'
import { type LifeWorld, openLifeWorld } from '../support/life-world.ts'
import { type Deed, drawLife, type StoreOrder } from '../support/random-life.ts'
import { runDue } from '../support/run-due.ts'
import { limitRenewals, setRestoreBehavior } from '../support/shop.ts'

/**
 * Guarantee: whatever people do to their purchases, a server that looks at once, one that hardly ever looks and the store
 * itself agree about who has what, who may use it when, what was told and what units it gave. `PURSER_LIVES` says how many
 * lives, `PURSER_LIVES_FIRST` with which one to begin.
 */
const LIVES = Number(process.env.PURSER_LIVES ?? 20)
/** Other lives on the other database server. */
const FIRST = Number(process.env.PURSER_LIVES_FIRST ?? (process.env.PURSER_TEST_ENGINE === 'debian' ? 1_001 : 1))
/** For a life on a machine that is busy with other things. */
const LIFE_TIMEOUT_MS = 15_000
/** The longest that the periods, pauses and extensions of a life could last. */
const CLOSED_WITHIN_MS = 20 * 366 * DAY_MS
const TO_LOOK = 0.04
const TO_POST_AGAIN = 0.15

test(`${LIVES} lives are the same to a store, a server that looks at once and one that hardly does`, {
  timeout: LIVES * LIFE_TIMEOUT_MS,
}, async () => {
  expect(LIVES).toBeGreaterThan(0)
  const [attentive, sleepy] = [await openLifeWorld(), await openLifeWorld()]
  try {
    for (let seed = FIRST; seed < FIRST + LIVES; seed++) {
      const life = await newLife([await attentive.newLife(), await sleepy.newLife()], seededRandom(seed))
      await life.run().catch((error: Error) => {
        error.message = `PURSER_LIVES=1 PURSER_LIVES_FIRST=${seed}: ${error.message}`
        throw error
      })
    }
  } finally {
    await attentive.close()
    await sleepy.close()
  }
})

/** The first world is of an attentive server, the second of a sleepy one. */
type Worlds = readonly [LifeWorld, LifeWorld]

async function newLife(worlds: Worlds, random: Random): Promise<Life> {
  const { app, project } = worlds[0].demo
  const catalog = await worlds[0].ctx.read.catalog.ofProject(project.projectId)
  return new Life(worlds, random, { app, project, catalog })
}

/** One life in both worlds. */
class Life {
  readonly #worlds: Worlds
  readonly #random: Random
  /** What is sold, and by which rules: a life may change them. */
  readonly #sold: Sold
  readonly #idea: IdeaOfStore
  /** What the attentive server has of each person, and since when. */
  #known: Array<{ person: Person; purchases: Purchase[] }> = []
  #knownAt = 0
  #hasParts = false

  constructor(worlds: Worlds, random: Random, sold: Sold) {
    this.#worlds = worlds
    this.#random = random
    this.#sold = sold
    this.#idea = new IdeaOfStore(sold)
  }

  async run(): Promise<void> {
    const [attentive, sleepy] = this.#worlds
    const whims = this.#random.fork('whims')
    for (const { afterMs, deed } of drawLife(this.#random.fork('life'))) {
      await this.#goTo(attentive.clock.now() + afterMs)
      if (whims.chance(TO_LOOK)) await runDue(sleepy.ctx)
      await this.#do(deed)
      for (const world of this.#worlds) if (whims.chance(TO_POST_AGAIN)) await this.#postAgain(world, whims)
      await this.#look()
    }
    await this.#goTo(attentive.clock.now() + DAY_MS)
    await this.#compare()
    await this.#closeShop()
    await this.#compare()
    for (const { database } of this.#worlds) expect(await auditDatabase(database)).toEqual([])
  }

  /** Nothing renews any more, so that all ends by itself and the next life can begin at the same instant as this one. */
  async #closeShop(): Promise<void> {
    const [attentive, sleepy] = this.#worlds
    for (const { ctx, demo } of this.#worlds) await limitRenewals(ctx, demo, 0)
    this.#sold.project = { ...this.#sold.project, testStoreMaxRenewals: 0 }
    await this.#goTo(attentive.clock.now() + CLOSED_WITHIN_MS)
    await runDue(sleepy.ctx)
    for (const { ctx } of this.#worlds) {
      expect(await ctx.read.purchases.due('test_store', attentive.clock.now() + CLOSED_WITHIN_MS, 1)).toEqual([])
    }
  }

  async #goTo(at: number): Promise<void> {
    const [attentive, sleepy] = this.#worlds
    const check = (until: number) => this.#checkAccess(until)
    await attentive.liveUntil(at, check, () => this.#look())
    sleepy.clock.set(at)
    this.#checkAccess(at)
    await this.#look()
  }

  async #do(deed: Deed): Promise<void> {
    const idea = this.#idea
    const now = this.#worlds[0].clock.now()
    switch (deed.kind) {
      case 'wait':
        return
      case 'buy': {
        const token = `test_${now}_${deed.uuid}`
        await this.#agree(true, (world) => world.buy(deed.user, deed.storeProductId, token, deed.isShared))
        return idea.buy({ ...deed, token }, now)
      }
      case 'post': {
        const chain = idea.chains[deed.which % idea.chains.length]
        if (chain === undefined) return
        const isTheirs = idea.post(deed, chain, this.#sold.project, now)
        return this.#agree(isTheirs, (world) => world.post(deed.user, chain.token, deed.isRestore))
      }
      case 'log_in':
        for (const world of this.#worlds) await world.logIn(deed.anonymousId, deed.user)
        return idea.logIn(deed.anonymousId, deed.user)
      case 'rule':
        for (const world of this.#worlds) await setRestoreBehavior(world, world.demo, deed.behavior)
        this.#sold.project = { ...this.#sold.project, restoreBehavior: deed.behavior }
        return
      case 'act':
        return this.#act(deed.which, deed.order, now)
    }
  }

  async #act(which: number, order: StoreOrder, now: number): Promise<void> {
    const chain = this.#idea.chains[which % this.#idea.chains.length]
    if (chain === undefined) return
    const action = actionOf(order, chain.token, now)
    const [owner = ''] = chain.owner.names
    const isDone = this.#idea.act(chain, action, now)
    this.#hasParts ||= isDone && action.kind === 'refund_part'
    await this.#agree(isDone, (world) => world.act(owner, chain.token, action))
  }

  /** Its owner's app posts a receipt once more, as apps do at every start. */
  async #postAgain(world: LifeWorld, whims: Random): Promise<void> {
    const chain = whims.pick(this.#idea.chains)
    const [owner = ''] = chain.owner.names
    expect(await world.post(owner, chain.token, whims.chance(0.5))).toBe(true)
  }

  async #agree(expected: boolean, work: (world: LifeWorld) => Promise<boolean>): Promise<void> {
    for (const world of this.#worlds) expect(await work(world)).toBe(expected)
  }

  async #look(): Promise<void> {
    const [{ ctx, clock, demo }] = this.#worlds
    // Two things at one instant are told of as one after the other.
    this.#knownAt = Math.max(clock.now(), ...this.#idea.chains.map(({ state }) => state.asOf))
    this.#known = []
    for (const person of this.#idea.people()) {
      const [name = ''] = person.names
      const view = await ctx.read.customers.view(demo.projectId, name)
      this.#known.push({ person, purchases: view?.purchases ?? [] })
    }
  }

  /** What was known since the last look holds until now, whatever the store does meanwhile. */
  #checkAccess(until: number): void {
    this.#idea.advance(until)
    const { catalog } = this.#sold
    const turns = this.#idea.chains.flatMap(({ access }) => access.instants())
    const instants = new Set([this.#knownAt, ...turns.filter((at) => at > this.#knownAt && at < until)])
    for (const { person, purchases } of this.#known) {
      for (const instant of instants) {
        const products = this.#idea.productsOpenTo(person, instant)
        const expected = [...products].flatMap((productId) => catalog.products.get(productId)?.entitlements ?? [])
        const open = entitlementsOf(purchases, [], catalog).filter(({ expiresAt }) => (expiresAt ?? until) > instant)
        const at = new Date(instant).toISOString()
        expect([at, open.map(({ lookupKey }) => lookupKey)]).toEqual([at, [...new Set(expected)].sort()])
      }
    }
  }

  async #compare(): Promise<void> {
    const tokens = this.#idea.chains.map(({ token }) => token)
    const people = this.#idea.people()
    const names = people.flatMap((person) => [...person.names])
    const traces = []
    for (const world of this.#worlds) {
      await checkAgain(world, tokens)
      traces.push(await readTraces(world, tokens, names))
    }
    const [attentive, sleepy] = traces
    expect(sleepy).toEqual(attentive)
    expect(attentive?.purchases.map(({ owner }) => owner)).toEqual(
      this.#idea.chains.map(({ owner }) => [...owner.names].sort()),
    )
    expect(attentive?.purchases.map(({ transactions }) => transactions?.map(gist))).toEqual(
      this.#idea.chains.map(({ state }) => state.transactions.map(gist)),
    )
    if (this.#hasParts) return
    expect(attentive?.balances).toEqual(
      Object.fromEntries(people.flatMap((person) => [...person.names].map((name) => [name, this.#unitsOf(person)]))),
    )
  }

  /** What the charges gave to a person that were not given back whole. */
  #unitsOf(person: Person): number {
    const grants = this.#sold.catalog.currencies[0]?.grants ?? []
    const charges = this.#idea.chains.flatMap(({ state, payees }) =>
      state.transactions.filter((charge, index) => payees[index] === person && !charge.refund),
    )
    return charges.reduce((sum, { productId, periodType }) => {
      const grant = grants.find((one) => one.productId === productId)
      return sum + ((periodType === 'trial' ? grant?.trialAmount : grant?.amount) ?? 0)
    }, 0)
  }
}

type Charge = { storeTransactionId: string; productId: string; purchasedAt: number; expiresAt: number | null }

function gist({ storeTransactionId, productId, purchasedAt, expiresAt, ...more }: Charge & { refund?: unknown }) {
  return { storeTransactionId, productId, purchasedAt, expiresAt, refund: more.refund ?? null }
}

function actionOf(order: StoreOrder, token: string, now: number): StoreAction | TesterAction {
  if (order.kind === 'defer') return { kind: 'defer', expiresAt: now + order.days * DAY_MS }
  if (order.kind !== 'refund') return order
  return { kind: 'refund', storeTransactionId: order.charge === 1 ? token : `${token}..${order.charge - 1}` }
}
