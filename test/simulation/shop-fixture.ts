import { MINUTE_MS } from '../../src/core/lib/clock.ts'

/** The largest balance, as the README of the wallet says it. Written down again: the auditor takes no rule from the code. */
export const CAP = 2_000_000_000

/** The project's currencies and what each does when a refund finds too little. */
export const CURRENCIES = { CRD: 'clamp', GEM: 'debt', TOK: 'block' } as const

/** What a charge of a product gives, by currency. */
export const GRANTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  pro_monthly: { CRD: 500, GEM: 60, TOK: 40 },
  pro_annual: { CRD: 900, GEM: 110 },
  credits_500: { CRD: 500, TOK: 30 },
}

/** A month of a subscription in the accelerated Test Store, after which its units lapse. */
export const CYCLE_MS = 5 * MINUTE_MS

/** Renewals of a subscription before it ends. */
export const RENEWALS_MAX = 2
