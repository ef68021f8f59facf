import { type Static, Type } from 'typebox'
import type { ConfiguredCurrency } from '../../../core/catalog/currency.ts'
import { DEFAULT_CURRENCY_POLICY } from '../../../core/wallet/policy.ts'
import { FLOOR_MAX } from '../parse-currency-policy.ts'

const fields = {
  debt_policy: Type.Union([Type.Literal('clamp'), Type.Literal('debt'), Type.Literal('block')], {
    description:
      'What a refund does when units were spent: `clamp` takes what is left, `debt` also notes the rest as owed, ' +
      '`block` takes nothing.',
  }),
  transfers_allowed: Type.Boolean({ description: 'Whether units may go from one user to another.' }),
  floor: Type.Integer({
    minimum: 0,
    maximum: FLOOR_MAX,
    description: 'What a deduction, a hold, a transfer or a consumption must leave in a balance.',
  }),
}

export const CurrencyPolicyBody = Type.Partial(Type.Object(fields), { additionalProperties: false })

export const CurrencyPolicyWire = Type.Object(
  {
    code: Type.String({ examples: ['CRD'] }),
    name: Type.String(),
    is_archived: Type.Boolean(),
    ...fields,
  },
  { description: 'What the project decided about the currency.' },
)

/** A currency's policy as operators see it. */
export function currencyPolicyToWire({
  code,
  name,
  archivedAt,
  policy = DEFAULT_CURRENCY_POLICY,
}: ConfiguredCurrency): Static<typeof CurrencyPolicyWire> {
  return {
    code,
    name,
    is_archived: archivedAt !== null,
    debt_policy: policy.debtPolicy,
    transfers_allowed: policy.transfersAllowed,
    floor: policy.floor,
  }
}
