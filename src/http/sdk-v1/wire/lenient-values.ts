import type { Price } from '../../../core/catalog/catalog.ts'

/** Above every price; a larger number is a slip, and its millionths would not be exact. */
const PRICE_MAX = 1_000_000_000
const MICROS_PER_UNIT = 1_000_000

/** Longer texts are not what their field is for. Kept for people to look at, so cutting would mislead more than leaving out. */
const TEXT_MAX_LENGTH = 255

const ISO_DURATION = /^P(?=\d)(?:\d{1,4}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,4}D)?$/
const SPOKEN_DURATION = /^(\d{1,4}) (day|week|month|year)s?$/i

/** A text of a sensible length; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_MAX_LENGTH ? value : undefined
}

/** One of some texts; undefined for anything else. */
export function oneOf<Text extends string>(value: unknown, texts: readonly Text[]): Text | undefined {
  return texts.find((text) => text === value)
}

/** An object; undefined for anything else. */
export function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** A whole number, as a number or in digits; undefined for anything else. */
export function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

/**
 * The millionths of a price given as a number, in digits, or as it is shown: `$0.99`, `1.234,50 €`. A point or comma is
 * the decimal one when it comes last and no three digits end the text after it. Undefined for what is no price.
 */
export function microsOf(value: unknown): number | undefined {
  const amount = typeof value === 'string' ? Number(plainNumber(value)) : value
  if (typeof amount !== 'number' || !(amount >= 0) || amount > PRICE_MAX) return undefined
  return Math.round(amount * MICROS_PER_UNIT)
}

function plainNumber(shown: string): string {
  const [digits] =
    shown.length <= TEXT_MAX_LENGTH && !shown.includes('-') ? (/\d[\d.,'\s\u00a0]*/.exec(shown) ?? []) : []
  if (digits === undefined) return 'none'
  const text = digits.replace(/[\s\u00a0']/g, '').replace(/[.,]$/, '')
  const at = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','))
  const separator = text[at] ?? ''
  const others = [...text].filter((character) => character === '.' || character === ',')
  const isDecimal =
    at !== -1 &&
    others.filter((one) => one === separator).length === 1 &&
    (others.length > 1 || !/^\d{1,3}[.,]\d{3}$/.test(text))
  const whole = (isDecimal ? text.slice(0, at) : text).replace(/[.,]/g, '')
  return isDecimal ? `${whole}.${text.slice(at + 1)}` : whole
}

/** A price and its currency; dollars when none is named, as the published interface says. */
export function priceOf(price: unknown, currency: unknown): Price | undefined {
  const amountMicros = microsOf(price)
  return amountMicros === undefined ? undefined : { amountMicros, currency: currencyOf(currency) ?? 'USD' }
}

/** The three letters of a currency; undefined for anything else. */
export function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined
}

/** A duration of ISO 8601; Roku's `1 Years` and `7 Days` are made one. Undefined for anything else. */
export function durationOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (ISO_DURATION.test(value)) return value
  const spoken = SPOKEN_DURATION.exec(value.trim())
  return spoken === null ? undefined : `P${Number(spoken[1])}${(spoken[2] as string).slice(0, 1).toUpperCase()}`
}
