import type { Store } from '../core/projects/project.ts'
import type { StoreAdapter } from '../usecases/ports.ts'
import { testStore } from './test/test-store.ts'

/** The adapter of each store that Purser can verify. The others are refused in a way that keeps the purchase on the device. */
const ADAPTERS: Partial<Record<Store, StoreAdapter>> = { test_store: testStore }

export function findStore(store: Store): StoreAdapter | null {
  return ADAPTERS[store] ?? null
}
