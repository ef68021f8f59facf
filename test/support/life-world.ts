import { ID_PREFIXES, type Ids } from '../../src/core/lib/ids.ts'
import { ok } from '../../src/core/lib/result.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import type { StoreAction, TesterAction } from '../../src/usecases/ports/stores.ts'
import type { Ctx, StoreAdapter } from '../../src/usecases/ports.ts'
import { performStoreAction } from '../../src/usecases/purchases/perform-store-action.ts'
import { postReceipt } from '../../src/usecases/purchases/post-receipt.ts'
import { refreshDuePurchases } from '../../src/usecases/purchases/refresh-due-purchases.ts'
import { createDemo, type Demo } from './demo.ts'
import { addTrialProduct } from './shop.ts'
import { openWorld, type World } from './world.ts'

/** Instants at which something is due between two steps, beyond which it is due for ever. */
const STOPS_MAX = 300

/** A shop that does what it is told, as another one does it: purchases and the catalogue have the same ids in both. */
export type LifeWorld = World & {
  demo: Demo
  buy(user: string, storeProductId: string, token: string, isShared: boolean): Promise<boolean>
  /** Posts a receipt that is known. */
  post(user: string, token: string, isRestore: boolean): Promise<boolean>
  act(appUserId: string, token: string, action: StoreAction | TesterAction): Promise<boolean>
  logIn(anonymousId: string, user: string): Promise<void>
  /** Lets the due job run at each instant at which something is due until `at`; `onStop` is called before it does. */
  liveUntil(at: number, onStop: (now: number) => void, afterStop: () => Promise<void>): Promise<void>
}

/** Opens a world for one life after the other. */
export async function openLifeWorld(): Promise<World & { newLife(): Promise<LifeWorld> }> {
  const world = await openWorld()
  const shared = new Set<string>()
  const buying = { purchaseId: '' }
  const ctx: Ctx = {
    ...world.ctx,
    ids: sameIds(world.ctx.ids, buying),
    stores: (store) => withFamily(world.ctx.stores(store), shared),
  }
  const startAt = world.clock.now()
  const newLife = async () => {
    world.clock.set(startAt)
    const demo = await createDemo(ctx)
    await addTrialProduct(ctx, demo)
    return { ...world, ctx, demo, ...deedsIn(ctx, demo, shared, buying), ...timeOf(ctx, world) }
  }
  return { ...world, newLife }
}

type Deeds = Pick<LifeWorld, 'buy' | 'post' | 'act' | 'logIn'>

function deedsIn(ctx: Ctx, demo: Demo, shared: Set<string>, buying: { purchaseId: string }): Deeds {
  const { projectId, app } = demo
  const post = async (appUserId: string, storeProductId: string | null, fetchToken: string, isRestore: boolean) => {
    const project = (await ctx.read.projects.get(projectId)) ?? demo.project
    const receipt = { project, app, appUserId, fetchToken, storeProductId, presentedOffering: 'default', isRestore }
    return (await postReceipt(ctx, receipt)).ok
  }
  return {
    buy(user, storeProductId, token, isShared) {
      buying.purchaseId = purchaseIdOf(token)
      if (isShared) shared.add(token)
      return post(user, storeProductId, token, false)
    },
    post: (user, token, isRestore) => post(user, null, token, isRestore),
    async act(appUserId, storeTransactionId, action) {
      const target = { storeTransactionId }
      return (await performStoreAction(ctx, { projectId, appUserId, target, action })).ok
    },
    async logIn(anonymousId, user) {
      await identifyCustomer(ctx, { projectId, appUserId: anonymousId, newAppUserId: user })
    },
  }
}

function timeOf(ctx: Ctx, { clock }: World): Pick<LifeWorld, 'liveUntil'> {
  return {
    async liveUntil(at, onStop, afterStop) {
      for (let stops = 0; stops < STOPS_MAX; stops++) {
        const [due] = await ctx.read.purchases.due('test_store', at, 1)
        if (due === undefined) return clock.set(at)
        clock.set(Math.max(due.dueAt, clock.now()))
        onStop(clock.now())
        await refreshDuePurchases(ctx)
        await afterStop()
      }
      throw new Error(`something is still due after ${STOPS_MAX} looks`)
    },
  }
}

/** A purchase has the same id in both worlds. */
export function purchaseIdOf(token: string): string {
  return `${ID_PREFIXES.purchase}${token}`
}

/** What is named in events and rows has the same name in two worlds that do the same in the same order. */
function sameIds(fresh: Ids, buying: { purchaseId: string }): Ids {
  const named = new Set(['project', 'app', 'product', 'entitlement', 'offering', 'package'])
  let count = 0
  return {
    next(kind) {
      if (kind === 'purchase') return buying.purchaseId
      if (!named.has(kind)) return fresh.next(kind)
      count += 1
      return `${ID_PREFIXES[kind]}${count}`
    },
  }
}

/** The Test Store sells to families too: as an app of the App Store would be told. */
function withFamily(store: StoreAdapter | null, shared: ReadonlySet<string>): StoreAdapter | null {
  if (store === null) return null
  const verify: StoreAdapter['verify'] = async (question) => {
    const said = await store.verify(question)
    return said.ok && shared.has(question.fetchToken)
      ? ok({ ...said.value, ownership: 'FAMILY_SHARED' as const })
      : said
  }
  return { ...store, verify }
}
