import type { CustomerRef } from '../../core/customers/customer.ts'
import { assert } from '../../core/lib/assert.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { applyChange } from '../../core/wallet/apply-change.ts'
import { emptyWallet } from '../../core/wallet/wallet.ts'
import type { GroupTx, IdempotencyRecord } from '../../usecases/ports.ts'
import {
  aliasKeyOf,
  type CustomerState,
  type GroupState,
  type GroupWrites,
  keyTextOf,
  noWrites,
} from './group-state.ts'
import { stagedUsage } from './staged-usage.ts'

/** One member's view of its group: sees what earlier members did, and is seen by later ones when it is kept. */
export type StagedTx = { tx: GroupTx; writes: GroupWrites; keep(): void }

/**
 * A transaction in memory, over rows that were read and locked before. Nothing of it is seen by anybody until `keep`; a
 * member that refuses or throws is dropped, as a rollback would drop it.
 */
export function stageTx(group: GroupState): StagedTx {
  const customers = new Map<string, CustomerState>()
  const keys = new Map<string, IdempotencyRecord>()
  const writes = noWrites()
  const stateOf = (ref: CustomerRef): CustomerState => {
    const state = customers.get(ref.customerId) ?? group.customers.get(ref.customerId)
    assert(state, 'a member of a group changes the customer that it named')
    return state
  }
  const move = (ref: CustomerRef, change: Partial<CustomerState>): void => {
    customers.set(ref.customerId, { ...stateOf(ref), ...change })
  }
  const tx: GroupTx = {
    customers: {
      async lockByAppUserId(projectId, appUserId) {
        const customerId = group.customerIds.get(aliasKeyOf(projectId, appUserId))
        assert(customerId, 'a member of a group was locked with its group')
        return group.customers.get(customerId)?.customer ?? null
      },
      async update(customer) {
        move(customer, { customer })
      },
      claimAppUserId: nobodyNew,
      insert: nobodyNew,
    },
    ...stagedUsage({ stateOf, move, writes }),
    idempotency: {
      async find(key) {
        return group.keys.get(keyTextOf(key)) ?? null
      },
      async insert(key, record, createdAt) {
        keys.set(keyTextOf(key), record)
        writes.keys.push({ key, record, createdAt })
        return true
      },
    },
    wallet: {
      async load(ref, needed, now) {
        if (needed === 'lapsed' && now > group.lapsedUntil) throw new ConflictError('the group was read too long ago')
        const { wallets, head } = stateOf(ref)
        return { wallets: new Map(wallets), head }
      },
      async append(ref, transaction, link) {
        const wallets = new Map(stateOf(ref).wallets)
        for (const change of transaction.changes) {
          const before = wallets.get(change.currency) ?? emptyWallet(change.currency)
          wallets.set(change.currency, applyChange(before, change))
        }
        move(ref, { wallets, head: { sequence: link.sequence, hash: link.hash } })
        writes.transactions.push({ ref, transaction, link })
      },
    },
    holds: {
      async ofCustomer(ref, { isOpen, limit }) {
        assert(isOpen, 'a group knows open holds only')
        return stateOf(ref).openHolds.slice(0, limit)
      },
      async save(ref, hold) {
        const others = stateOf(ref).openHolds.filter(({ holdId }) => holdId !== hold.holdId)
        move(ref, { openHolds: hold.status === 'open' ? [hold, ...others] : others })
        writes.holds.push({ ref, hold })
      },
    },
    events: {
      async append(ref, change, events) {
        writes.changes.push({ ref, change, events })
      },
    },
    ...projectReads(group),
  }
  return {
    tx,
    writes,
    keep() {
      for (const [customerId, state] of customers) group.customers.set(customerId, state)
      for (const [key, record] of keys) group.keys.set(key, record)
    },
  }
}

/** What is the same for all customers of a project. */
function projectReads({ currencies, thresholds }: GroupState): Pick<GroupTx, 'catalog' | 'approvals'> {
  return {
    catalog: {
      async currencies(projectId) {
        const found = currencies.get(projectId)
        assert(found, 'a member of a group says beforehand that it wants the currencies')
        return found
      },
    },
    approvals: {
      async threshold(projectId) {
        const found = thresholds.get(projectId)
        assert(found !== undefined, 'a member of a group says beforehand that it wants the threshold')
        return found
      },
    },
  }
}

function nobodyNew(): never {
  throw new Error('broken invariant: a group knows the customers of all its members')
}
