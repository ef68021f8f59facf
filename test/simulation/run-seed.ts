import { audit } from './auditor.ts'
import { type Plan, planOf } from './plan.ts'
import type { OpenTransactions } from './simulated-context.ts'
import type { SimulatedShop } from './simulated-shop.ts'
import { newRun, type Run, simulate } from './simulation.ts'

/** Longer than any run takes, on a busy machine too; one that takes longer is stuck. */
const STUCK_MS = 60_000

export type SeedResult = { seed: number; plan: Plan; run: Run; problems: string[]; isStuck: boolean }

/** Runs one seed in an emptied shop, and has it audited. A shop in which a run is stuck is of no more use. */
export async function runSeed(
  shop: SimulatedShop,
  seed: number,
  openTransactions: OpenTransactions,
): Promise<SeedResult> {
  await shop.empty()
  const plan = planOf(seed)
  const run = newRun(plan)
  const isStuck = await Promise.race([simulate(shop, run, openTransactions).then(() => false), timeout()])
  const problems = isStuck ? [`it was not over after ${STUCK_MS} ms`] : await audit(shop, run)
  return { seed, plan, run, problems, isStuck }
}

function timeout(): Promise<true> {
  return new Promise((resolve) => setTimeout(() => resolve(true), STUCK_MS).unref())
}
