import { type Static, Type } from 'typebox'
import { CURRENCY_DESCRIPTION_MAX_LENGTH, CURRENCY_NAME_MAX_LENGTH } from '../../../core/catalog/currency.ts'
import { DEFAULT_POLICY } from '../../../core/wallet/policy.ts'
import { listOf } from '../list-page.ts'
import { CurrencyCode, refTo } from '../route-schema.ts'

/** Longest id of REST API v2. */
const ID_MAX_LENGTH = 255

/** No balance can hold more, so no grant can be meant to give more. */
const AMOUNT_MAX = DEFAULT_POLICY.cap

export const CurrencyName = Type.String({ minLength: 1, maxLength: CURRENCY_NAME_MAX_LENGTH, examples: ['Gold'] })
export const CurrencyDescription = Type.Union([
  Type.String({ minLength: 1, maxLength: CURRENCY_DESCRIPTION_MAX_LENGTH }),
  Type.Null(),
])

const ProductIds = Type.Array(Type.String({ minLength: 1, maxLength: ID_MAX_LENGTH }), { minItems: 1 })

const ProductGrant = Type.Object(
  {
    object: Type.Literal('virtual_currency.product_grant'),
    product_ids: ProductIds,
    amount: Type.Integer({ minimum: 1, description: 'Units for each charge.' }),
    trial_amount: Type.Integer({ minimum: 0, description: 'Units when a trial starts.' }),
    expire_at_cycle_end: Type.Boolean({ description: 'Whether what is left lapses when the billing cycle ends.' }),
  },
  { additionalProperties: false },
)
export type ProductGrantWire = Static<typeof ProductGrant>

/** What feeds a currency, as clients write it. Open: other names in it are ignored. RevenueCat REST API v2. */
export const ProductGrantInput = Type.Object({
  product_ids: ProductIds,
  amount: Type.Integer({ minimum: 1, maximum: AMOUNT_MAX }),
  trial_amount: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: AMOUNT_MAX }), Type.Null()])),
  expire_at_cycle_end: Type.Optional(
    Type.Union([Type.Boolean(), Type.Null()], { description: 'Only for subscriptions.' }),
  ),
})
export type ProductGrantInput = Static<typeof ProductGrantInput>

export const ProductGrants = Type.Union([Type.Array(ProductGrantInput), Type.Null()])

/** RevenueCat REST API v2, virtual currency. */
export const VirtualCurrency = Type.Object(
  {
    object: Type.Literal('virtual_currency'),
    project_id: Type.String({ minLength: 1 }),
    code: CurrencyCode,
    name: CurrencyName,
    created_at: Type.Integer({ description: 'Milliseconds since 1970.' }),
    description: CurrencyDescription,
    product_grants: Type.Array(ProductGrant),
    state: Type.Union([Type.Literal('active'), Type.Literal('inactive')], { description: '`inactive` is archived.' }),
  },
  { $id: 'VirtualCurrency', title: 'VirtualCurrency', additionalProperties: false },
)
export type VirtualCurrency = Static<typeof VirtualCurrency>

export const VirtualCurrencyList = listOf(refTo(VirtualCurrency), 'VirtualCurrencyList')
