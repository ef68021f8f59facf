import { type Static, Type } from 'typebox'
import { listOf } from '../list-page.ts'

const Balance = Type.Object(
  {
    object: Type.Literal('virtual_currency_balance'),
    currency_code: Type.String(),
    balance: Type.Integer({ minimum: 0 }),
    description: Type.Optional(Type.String({ description: 'Absent when the currency has none.' })),
    name: Type.Optional(Type.String()),
  },
  { title: 'VirtualCurrencyBalance', additionalProperties: false },
)

/** RevenueCat REST API v2, balances of a customer. */
export const BalanceList = listOf(Balance, 'VirtualCurrencyBalanceList')

/** One balance. RevenueCat REST API v2, virtual currency balance. */
export function balanceToWire({
  code,
  name,
  description,
  balance,
}: {
  code: string
  name: string
  description: string | null
  balance: number
}): Static<typeof Balance> {
  return {
    object: 'virtual_currency_balance',
    currency_code: code,
    balance,
    name,
    ...(description !== null && { description }),
  }
}
