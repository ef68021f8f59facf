import type { Customer } from '../core/customers/customer.ts'
import { type Clock, MINUTE_MS } from '../core/lib/clock.ts'
import type { CustomerPurchases } from '../usecases/ports.ts'

/** All that a view tells beside the customer's own row. Never changed by those who read it: many share it. */
export type HeldFacts = Readonly<Omit<CustomerPurchases, 'customer'>>

export type Held = { customerId: string; revision: number; facts: HeldFacts }

export type HeldViews = {
  get(name: string): Held | null
  keep(name: string, customer: Customer, facts: HeldFacts): HeldFacts
}

/** Customers and purchases held together: with what is made of them about 2 KB each, so some 40 MB. */
const WEIGHT_MAX = 20_000
/** Who bought more than this is read every time: nobody may push thousands of others out. */
const WEIGHT_OF_ONE_MAX = 500
/**
 * The revision tells of every change, but a database that was put back to an earlier state counts a second time what it
 * has counted before. After this long that is over too.
 */
const AGE_MAX_MS = MINUTE_MS

/**
 * Holds what was read of customers, by the name they were asked for, for as long as the database says that it is still
 * that customer at that revision. The longest unused go first.
 */
export function heldViews(clock: Clock): HeldViews {
  const views = new Map<string, Held & { readAt: number; weight: number }>()
  let total = 0
  const drop = (name: string): void => {
    total -= views.get(name)?.weight ?? 0
    views.delete(name)
  }
  return {
    get(name) {
      const held = views.get(name)
      if (held === undefined) return null
      const age = clock.now() - held.readAt
      views.delete(name)
      views.set(name, held)
      if (age >= 0 && age < AGE_MAX_MS) return held
      drop(name)
      return null
    },
    keep(name, { customerId, revision }, facts) {
      drop(name)
      const weight = 1 + facts.purchases.length
      if (weight > WEIGHT_OF_ONE_MAX) return facts
      views.set(name, { customerId, revision, facts, readAt: clock.now(), weight })
      total += weight
      for (const oldest of views.keys()) {
        if (total <= WEIGHT_MAX) break
        drop(oldest)
      }
      return facts
    },
  }
}
