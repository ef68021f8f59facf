import { type TSchema, Type } from 'typebox'

/** A value that may be null. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

/** An instant in UTC with whole seconds: the form that every SDK reads. */
export const WireDate = Type.String({ format: 'date-time', examples: ['2026-05-01T09:58:11Z'] })

export function dateToWire(at: number): string {
  return `${new Date(at).toISOString().slice(0, -5)}Z`
}

export function dateOrNullToWire(at: number | null): string | null {
  return at === null ? null : dateToWire(at)
}

/** A price in units of its currency. */
export const WirePrice = Type.Object({ amount: Type.Number(), currency: Type.String({ description: 'ISO 4217.' }) })

const MICROS_PER_UNIT = 1_000_000

/** Divides once, so the number is the one nearest to the decimal price and prints like it: 9.99. */
export function priceToWire(price: { amountMicros: number; currency: string } | null) {
  return price === null ? null : { amount: price.amountMicros / MICROS_PER_UNIT, currency: price.currency }
}
