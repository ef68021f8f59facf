import type { Currency } from './catalog.ts'

/** RevenueCat's bounds for a project's virtual currencies and for what names one. */
export const CURRENCIES_MAX = 100
export const CURRENCY_CODE_MAX_LENGTH = 10
export const CURRENCY_NAME_MAX_LENGTH = 50
export const CURRENCY_DESCRIPTION_MAX_LENGTH = 1_500

/**
 * A currency as its project configured it. An archived one is kept for what customers have of it: nothing grants it
 * any more, and nothing that customers see lists it.
 */
export type ConfiguredCurrency = Currency & { createdAt: number; archivedAt: number | null }
