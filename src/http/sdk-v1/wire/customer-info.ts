import { type Static, Type } from 'typebox'
import { nullable, WireDate, WirePrice } from './values.ts'

export const WireEntitlement = Type.Object({
  product_identifier: Type.String({ description: 'A key of `subscriptions` or of `non_subscriptions`.' }),
  product_plan_identifier: nullable(Type.String()),
  purchase_date: WireDate,
  expires_date: nullable(WireDate),
  grace_period_expires_date: nullable(WireDate),
})

export const WireSubscription = Type.Object({
  store: Type.String(),
  is_sandbox: Type.Boolean(),
  ownership_type: Type.Enum(['PURCHASED', 'FAMILY_SHARED']),
  period_type: Type.Enum(['normal', 'intro', 'trial', 'prepaid']),
  purchase_date: WireDate,
  original_purchase_date: WireDate,
  expires_date: nullable(WireDate),
  grace_period_expires_date: nullable(WireDate),
  unsubscribe_detected_at: nullable(WireDate),
  billing_issues_detected_at: nullable(WireDate),
  refunded_at: nullable(WireDate),
  auto_resume_date: nullable(WireDate),
  store_transaction_id: Type.String(),
  price: nullable(WirePrice),
  display_name: nullable(Type.String()),
  product_plan_identifier: nullable(Type.String()),
  management_url: nullable(Type.String()),
})

export const WireOneTimePurchase = Type.Object({
  id: Type.String({ description: 'Ten hexadecimal digits, the same for ever.' }),
  store: Type.String(),
  is_sandbox: Type.Boolean(),
  purchase_date: WireDate,
  original_purchase_date: WireDate,
  store_transaction_id: Type.String(),
  price: nullable(WirePrice),
  display_name: nullable(Type.String()),
})

export const WireAttribute = Type.Object({ value: Type.String(), updated_at_ms: Type.Integer() })

/**
 * The answer of every call about a customer. No field is ever left out, but for the last of the customer's and the last
 * two of the answer: SDKs fail on some missing fields, and which ones differs by platform.
 */
export const CustomerInfo = Type.Object(
  {
    request_date: WireDate,
    request_date_ms: Type.Integer(),
    subscriber: Type.Object({
      original_app_user_id: Type.String(),
      original_application_version: nullable(Type.String()),
      original_purchase_date: nullable(WireDate),
      first_seen: WireDate,
      last_seen: WireDate,
      management_url: nullable(Type.String()),
      entitlements: Type.Record(Type.String(), WireEntitlement),
      subscriptions: Type.Record(Type.String(), WireSubscription),
      non_subscriptions: Type.Record(Type.String(), Type.Array(WireOneTimePurchase)),
      other_purchases: Type.Record(Type.String(), Type.Object({ purchase_date: WireDate })),
      subscriber_attributes: Type.Optional(Type.Record(Type.String(), WireAttribute)),
    }),
    purchased_products: Type.Optional(Type.Record(Type.String(), Type.Object({ should_consume: Type.Boolean() }))),
    attributes_error_response: Type.Optional(Type.Object({ code: Type.Integer(), message: Type.String() })),
  },
  { $id: 'CustomerInfo', title: 'Customer info', additionalProperties: true },
)
export type CustomerInfo = Static<typeof CustomerInfo>

/** Stands for the schema in routes, so that the document has it once. */
export const CustomerInfoRef = Type.Unsafe<CustomerInfo>({ $ref: 'CustomerInfo#' })
