/** The part of a charge that is refunded, as a fraction of whole numbers. 1 of 1 is all of it. */
export type RefundShare = { part: number; whole: number }

/** `amount * part / whole`, rounded up, exactly. RevenueCat, virtual currency refunds. */
export function shareOf(amount: number, { part, whole }: RefundShare): number {
  if (whole <= 0 || part >= whole) return amount
  const exact = (BigInt(amount) * BigInt(Math.max(0, part)) + BigInt(whole) - 1n) / BigInt(whole)
  return Number(exact)
}
