import type { CustomerRef } from '../../core/customers/customer.ts'
import { assert } from '../../core/lib/assert.ts'
import type { GroupTx } from '../../usecases/ports.ts'
import type { CustomerState, GroupWrites, UsageState } from './group-state.ts'

type Staging = {
  stateOf: (ref: CustomerRef) => CustomerState
  move: (ref: CustomerRef, change: Partial<CustomerState>) => void
  writes: GroupWrites
}

/** What consumption looks at beside the wallet. */
export function stagedUsage({
  stateOf,
  move,
  writes,
}: Staging): Pick<GroupTx, 'purchases' | 'entitlementGrants' | 'usage'> {
  const known = (ref: CustomerRef): UsageState => {
    const { usage } = stateOf(ref)
    assert(usage, 'a member of a group says beforehand that it looks at usage')
    return usage
  }
  return {
    purchases: { ofCustomer: async (ref) => [...known(ref).purchases] },
    entitlementGrants: { ofCustomer: async (ref) => [...known(ref).grants] },
    usage: {
      counters: async (ref, periodKey) => new Map(known(ref).counters.get(periodKey)),
      async creditsCaps(ref, limit) {
        const { latestCap } = known(ref)
        return latestCap === null ? [] : [latestCap].slice(0, limit)
      },
      async setCounters(ref, period, counters) {
        const usage = known(ref)
        const merged = new Map([...(usage.counters.get(period.key) ?? []), ...counters])
        move(ref, { usage: { ...usage, counters: new Map(usage.counters).set(period.key, merged) } })
        writes.counters.push({ ref, period, counters })
      },
      async deleteCountersBefore(ref, resetBefore) {
        writes.forgotten.push({ ref, resetBefore })
      },
    },
  }
}
