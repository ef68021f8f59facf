import type { Cause, Explanation, LedgerCheck, LotStory, Movement } from './explain-balance.ts'
import { heldOf } from './hold.ts'
import type { Account, Lot } from './wallet.ts'

/** What an account's part in a balance means, for more units and for fewer. */
const PARTS: Partial<Record<Account, [more: string, fewer: string]>> = {
  issued_by_purchase: ['granted for purchases', 'taken back for refunds'],
  issued_by_operator: ['granted by operators and keys', 'taken by operators and keys'],
  merged: ['came from customers who were merged into this one', 'went to the customer this one was merged into'],
  transferred: ['came from other customers', 'given to other customers'],
  spent: ['given back of what was spent', 'spent'],
  held: ['released', 'kept by holds'],
  expired: ['lapsed units given back', 'lapsed'],
  owed: ['still owed', 'paid of what was owed'],
  over_cap: ['back from beyond the maximum', 'beyond the maximum of a balance'],
}

/** Tells in words why a balance is what it is; one line each. */
export function tellBalance(explanation: Explanation, customer: string): string[] {
  const { currency, balance, stories, others } = explanation
  const [open, empty] = [true, false].map((isOpen) => stories.filter(({ lot }) => lot.remaining > 0 === isOpen))
  return [
    `${customer} can spend ${units(balance)} ${currency} at ${timeText(explanation.at)}.`,
    ...besides(explanation),
    '',
    'How the booked balance came about:',
    ...explanation.parts.map(({ account, amount }) => `  ${signed(amount)}  ${partText(account, amount)}`),
    ...section('Lots that hold something, in the order in which they are spent:', (open ?? []).flatMap(tellLot)),
    ...section('Lots that are empty, the newest first:', (empty ?? []).flatMap(tellLot)),
    ...(others.lots === 0
      ? []
      : [`And ${units(others.lots)} other lots: ${units(others.remaining)} left of ${units(others.granted)}.`]),
    ...section(
      'Holds that are open:',
      explanation.holds.map(
        (hold) => `  ${hold.holdId}  keeps ${units(heldOf(hold))} until ${timeText(hold.expiresAt)}: ${hold.reason}`,
      ),
    ),
    ...section('Checked:', tellChecks(explanation)),
  ]
}

function besides({ lapsed, owed, held, nextLapse }: Explanation): string[] {
  return [
    lapsed > 0 && `${units(lapsed)} more are in lots that are over; their lapse is not booked yet.`,
    held > 0 && `${units(held)} are kept by holds and not in it.`,
    owed > 0 && `${units(owed)} are owed: the next units that come pay for that.`,
    nextLapse !== null && `${units(nextLapse.amount)} lapse next, at ${timeText(nextLapse.at)}.`,
  ].filter((line) => line !== false)
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

function partText(account: Account, amount: number): string {
  const words = PARTS[account]
  return words === undefined ? account : words[amount > 0 ? 0 : 1]
}

function tellLot(story: LotStory): string[] {
  const { lot, madeBy, movements, earlier } = story
  const left = `${units(lot.remaining)} left of ${units(lot.granted)}`
  const rest = `  and ${units(earlier.count)} earlier movements: ${signed(-earlier.amount)}`
  return [
    `  ${lot.lotId}  ${left}, ${originText(story)}, ${timeText(madeBy.createdAt)}; ${endText(lot)}`,
    ...movements.map((movement) => `    ${tellMovement(movement)}`),
    ...(earlier.count === 0 ? [] : [`  ${rest}`]),
  ]
}

function originText({ lot, madeBy, product }: LotStory): string {
  if (lot.source === 'merge')
    return `of a customer who was merged into this one (there ${lot.originLotId ?? 'unknown'})`
  if (lot.originLotId !== null) return `goes on from ${lot.originLotId} by ${causeText(madeBy)}`
  if (lot.source === 'operator') return `by ${causeText(madeBy)}`
  const charge = madeBy.storeTransactionId === null ? '' : `, charge ${madeBy.storeTransactionId}`
  return `for ${product ?? 'a product'} of purchase ${lot.purchaseId ?? 'unknown'}${charge}`
}

function endText({ expiresAt }: Lot): string {
  return expiresAt === null ? 'never lapses' : `lapses ${timeText(expiresAt)}`
}

function tellMovement(movement: Movement): string {
  return `${signed(-movement.amount)}  ${timeText(movement.createdAt)}  ${causeText(movement)}`
}

function causeText({ kind, actor, reason, transactionId }: Cause): string {
  const why = reason === null ? '' : `, "${reason}"`
  return `${kind} of ${actor}${why} (${transactionId})`
}

function tellChecks({ comparisons, check }: Explanation): string[] {
  const words = { postings: 'balance, by its postings', lots: 'balance, by its lots', owed: 'owed', held: 'held' }
  return [
    ...comparisons.map(({ what, says, computed }) =>
      says === computed
        ? `  ${words[what]}: ${units(says)}, as the ledger adds up`
        : `  ${words[what]}: ${units(says)} is kept, and the ledger adds up to ${units(computed)}`,
    ),
    `  ${checkText(check)}`,
  ]
}

function checkText(check: LedgerCheck): string {
  switch (check.outcome) {
    case 'sound':
      return `the chain of ${units(check.transactions)} transactions is sound`
    case 'broken':
      return `the ledger is not sound: ${check.fault.row}: ${check.fault.problem}`
    case 'too_long':
      return `the chain of ${units(check.transactions)} transactions is too long to compute here: run 'purser ledger verify'`
    case 'busy':
      return 'the ledger was written all the while, so none of this is of one moment: ask again'
  }
}

function units(amount: number): string {
  return amount.toLocaleString('en-US')
}

function signed(amount: number): string {
  return amount > 0 ? `+${units(amount)}` : units(amount)
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}
