import type { Catalog } from '../../src/core/catalog/catalog.ts'
import { isAnonymousId } from '../../src/core/customers/app-user-id.ts'
import type { App, Project } from '../../src/core/projects/project.ts'
import { UNTROUBLED } from '../../src/core/purchases/chain-state.ts'
import type { PurchaseSnapshot } from '../../src/core/purchases/snapshot.ts'
import { withoutRenewal } from '../../src/core/purchases/stored-snapshot.ts'
import { act } from '../../src/stores/test/act.ts'
import { advanceSubscription } from '../../src/stores/test/advance-subscription.ts'
import { AccessLog } from '../../src/stores/test/fixtures/access-log.ts'
import type { Step } from '../../src/stores/test/fixtures/store-life.ts'
import { periodEnd } from '../../src/stores/test/pace.ts'
import type { StoreAction, TesterAction } from '../../src/usecases/ports/stores.ts'
import type { Deed } from './random-life.ts'

/** Who is one person by now, under all their names. */
export type Person = { names: Set<string> }

/** A purchase as the store remembers it, and what it gave to whom. */
export type Chain = {
  token: string
  state: PurchaseSnapshot
  access: AccessLog
  owner: Person
  /** Who had the purchase at each charge. */
  payees: Person[]
}

export type Sold = { catalog: Catalog; project: Project; app: App }
type Bought = Extract<Deed, { kind: 'buy' }> & { token: string }

/**
 * What is true of some purchases in the eyes of somebody who never misses anything and keeps no rows: the store, and the
 * rules of who has a purchase. Made from what is done, and not from what a server answers.
 */
export class IdeaOfStore {
  readonly chains: Chain[] = []
  readonly #people = new Map<string, Person>()
  readonly #sold: Sold

  constructor(sold: Sold) {
    this.#sold = sold
  }

  /** All that happens by itself until an instant. */
  advance(now: number): void {
    const { catalog, project } = this.#sold
    for (const chain of this.chains) {
      for (const word of advanceSubscription(chain.state, { products: catalog.products, project }, now)) {
        this.#say(chain, word, null, now)
      }
    }
  }

  buy({ user, storeProductId, token, isShared }: Bought, now: number): void {
    const product = [...this.#sold.catalog.products.values()].find((one) => one.storeProductId === storeProductId)
    if (product === undefined) throw new Error(`${storeProductId} is not sold`)
    const owner = this.person(user)
    const before = this.chains.filter((chain) => chain.owner === owner)
    const isTrial = product.trial !== null && !before.some(({ state }) => productsOf(state).has(product.productId))
    for (const chain of before) {
      if (!chain.state.autoRenews || chain.state.transactions.at(-1)?.productId !== product.productId) continue
      const asOf = Math.max(now, chain.state.asOf + 1)
      this.#say(chain, withoutRenewal({ ...chain.state, asOf }, now), { kind: 'cancel' }, now)
    }
    const period = (isTrial && product.trial?.period) || product.period
    const expiresAt = period === null ? null : periodEnd(now, period, 1, 'calendar')
    const price = isTrial && product.price ? { ...product.price, amountMicros: 0 } : product.price
    const charge = { storeTransactionId: token, productId: product.productId, purchasedAt: now, expiresAt, price }
    const state: PurchaseSnapshot = {
      ...UNTROUBLED,
      ownership: isShared ? 'FAMILY_SHARED' : 'PURCHASED',
      asOf: now,
      autoRenews: product.type === 'subscription',
      store: 'test_store',
      environment: 'sandbox',
      appId: this.#sold.app.appId,
      storePurchaseId: token,
      type: product.type,
      transactions: [{ ...charge, periodType: isTrial ? 'trial' : 'normal', refund: null }],
      nextCheckAt: expiresAt,
    }
    this.chains.push({ token, state, access: new AccessLog(state), owner, payees: [owner] })
  }

  /** Whether the store does it. */
  act(chain: Chain, action: StoreAction | TesterAction, now: number): boolean {
    // The Test Store looks at nothing else of the question.
    const acted = act(chain.state, { ...this.#sold, action, now } as never)
    if (acted.ok) this.#say(chain, acted.value, action, now)
    return acted.ok
  }

  /** Whether the one who posts has the purchase afterwards. REST API v1, transfer behaviour. */
  post(
    { user, isRestore }: { user: string; isRestore: boolean },
    chain: Chain,
    project: Project,
    now: number,
  ): boolean {
    const poster = this.#people.get(user)
    if (poster === chain.owner) return true
    if ([...chain.owner.names].every(isAnonymousId)) {
      this.#join(this.person(user), chain.owner)
      return true
    }
    const { restoreBehavior } = project
    if (restoreBehavior === 'share' && isRestore) {
      this.#join(this.person(user), chain.owner)
      return true
    }
    const isActive = chain.state.type === 'subscription' && chain.access.at(Math.max(now, chain.state.asOf))
    const mayMove = restoreBehavior === 'transfer' || (restoreBehavior === 'transfer_if_no_active_subs' && !isActive)
    if (mayMove) chain.owner = this.person(user)
    return mayMove
  }

  /** REST API v1, identify. */
  logIn(anonymousId: string, user: string): void {
    const current = this.#people.get(anonymousId)
    const next = this.#people.get(user)
    if (next === undefined) this.#name(this.person(anonymousId), user)
    else if ([...next.names].some(isAnonymousId)) return
    else if (current === undefined) this.#name(next, anonymousId)
    else if ([...current.names].every(isAnonymousId)) this.#join(next, current)
  }

  /** The person behind a name, who comes into being by being asked for. */
  person(name: string): Person {
    const known = this.#people.get(name)
    if (known !== undefined) return known
    const person = { names: new Set<string>() }
    this.#name(person, name)
    return person
  }

  /** Everybody who bought or has something. */
  people(): Person[] {
    return [...new Set(this.chains.flatMap(({ owner, payees }) => [owner, ...payees]))]
  }

  /** Identifiers of the products that give somebody access at an instant. */
  productsOpenTo(person: Person, instant: number): Set<string> {
    const open = this.chains.filter(({ owner, access }) => owner === person && access.at(instant))
    return new Set(
      open.map(({ state }) => state.transactions.findLast((charge) => charge.purchasedAt <= instant)?.productId ?? ''),
    )
  }

  #say(chain: Chain, word: PurchaseSnapshot, action: Step['action'] | null, now: number): void {
    chain.access.note(word, action, now)
    for (const _charge of word.transactions.slice(chain.payees.length)) chain.payees.push(chain.owner)
    chain.state = word
  }

  #join(kept: Person, absorbed: Person): void {
    for (const name of absorbed.names) this.#name(kept, name)
    for (const chain of this.chains) {
      if (chain.owner === absorbed) chain.owner = kept
      chain.payees = chain.payees.map((payee) => (payee === absorbed ? kept : payee))
    }
  }

  #name(person: Person, name: string): void {
    person.names.add(name)
    this.#people.set(name, person)
  }
}

function productsOf({ transactions }: PurchaseSnapshot): Set<string> {
  return new Set(transactions.map(({ productId }) => productId))
}
