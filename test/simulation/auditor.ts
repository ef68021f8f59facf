import { auditDatabase } from '../support/audit.ts'
import { auditDeletions } from './audit-deletions.ts'
import { auditFeed } from './audit-feed.ts'
import { auditPurchases } from './audit-purchases.ts'
import { auditRequests } from './audit-requests.ts'
import { auditRevisions } from './audit-revisions.ts'
import { auditStoreActions } from './audit-store-actions.ts'
import { readLedgerRows } from './ledger-rows.ts'
import { replayLedgers } from './replay-ledger.ts'
import type { SimulatedShop } from './simulated-shop.ts'
import type { Run } from './simulation.ts'

/** Everything that is not as it should be after a run; nothing when all is well. */
export async function audit(shop: SimulatedShop, run: Run): Promise<string[]> {
  const [rows, broken] = await Promise.all([readLedgerRows(shop.database), auditDatabase(shop.database)])
  const replay = replayLedgers(rows)
  const { attempts } = run.journal
  return [
    ...run.errors.map((error) => `the server failed: ${error}`),
    ...replay.faults,
    ...auditRequests(attempts, rows, replay),
    ...auditPurchases(attempts, rows),
    ...auditRevisions(run, rows, replay),
    ...auditStoreActions(attempts, rows),
    ...auditDeletions(attempts, rows),
    ...auditFeed(rows),
    ...broken,
  ]
}
