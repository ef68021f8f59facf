import type { Wallet } from './wallet.ts'

/** How much of units that come into a wallet pays what is owed, before anything reaches the balance. */
export function repaidBy(arriving: number, { owed }: Pick<Wallet, 'owed'>): number {
  return Math.min(owed, arriving)
}
