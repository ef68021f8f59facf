import { type Static, Type } from 'typebox'
import type { Balance } from '../../../usecases/wallet/list-balances.ts'
import { nullable } from './values.ts'

export const VirtualCurrencies = Type.Object({
  virtual_currencies: Type.Record(
    Type.String(),
    Type.Object({
      balance: Type.Integer(),
      code: Type.String(),
      name: Type.String(),
      description: nullable(Type.String()),
    }),
  ),
})
export type VirtualCurrencies = Static<typeof VirtualCurrencies>

/** A customer's balances by currency code, zero balances included. RevenueCat REST API v1, virtual currencies. */
export function virtualCurrenciesToWire(balances: readonly Balance[]): VirtualCurrencies {
  return {
    virtual_currencies: Object.fromEntries(
      balances.map(({ currency: { code, name, description }, balance }) => [
        code,
        { balance, code, name, description },
      ]),
    ),
  }
}
