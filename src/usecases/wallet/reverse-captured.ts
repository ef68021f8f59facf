import { isSameCustomer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { amountCaptured, capturedUnits } from '../../core/wallet/captured-units.ts'
import type { GrantRefusal } from '../../core/wallet/grant.ts'
import { reverseCapture } from '../../core/wallet/reverse.ts'
import type { WalletChange } from '../../core/wallet/wallet.ts'
import type { Ctx, RecordedTransaction, Tx } from '../ports.ts'
import { heldUnits, releaseWorld } from './held-units.ts'
import { type OpenWallets, walletIn } from './open-wallets.ts'

/**
 * Decides what undoing the capture of a hold does to the opened wallets: the units that it used go back into the lots
 * that they came from. The hold itself stays as it is. Refused for captures of before they named their hold: which units
 * they used is not known any more.
 */
export async function reverseCaptured(
  tx: Tx,
  ctx: Ctx,
  open: OpenWallets,
  capture: RecordedTransaction,
): Promise<Result<WalletChange[], GrantRefusal | { code: 'not_reversible'; kind: string }>> {
  const { customer } = open
  const hold = capture.operationId === null ? null : await tx.holds.get(customer, capture.operationId)
  const [recorded] = capture.changes
  if (hold === null || recorded === undefined) return refuse({ code: 'not_reversible', kind: capture.kind })
  const captures = await tx.wallet.ofOperation(customer.projectId, hold.holdId, ['hold_capture'])
  if (usedBy(captures) !== hold.captured) return refuse({ code: 'not_reversible', kind: capture.kind })
  const earlier = captures.slice(
    0,
    captures.findIndex(({ transactionId }) => transactionId === capture.transactionId),
  )
  const held = await heldUnits(tx, customer, hold)
  const used = capturedUnits(held, recorded, usedBy(earlier), isSameCustomer(capture.owner, customer))
  const change = reverseCapture(walletIn(open, hold.currency), used, 'refuse', releaseWorld(ctx))
  return change.ok ? ok([change.value]) : change
}

function usedBy(captures: readonly RecordedTransaction[]): number {
  return captures.flatMap(({ changes }) => changes).reduce((sum, change) => sum + amountCaptured(change).used, 0)
}
