import { type Static, Type } from 'typebox'

/** Bounds of a document that every app of a project reads at once. */
const TEXT_MAX_LENGTH = 2_000
const LIST_MAX = 50

const Text = Type.String({ maxLength: TEXT_MAX_LENGTH })
const MaybeText = Type.Optional(Type.Union([Text, Type.Null()]))
const MaybeFlag = Type.Optional(Type.Boolean())
const Texts = Type.Record(Type.String(), Text)
const Colour = Type.Optional(Type.Union([Type.String({ pattern: '^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$' }), Type.Null()]))

const Colours = Type.Object({
  accent_color: Colour,
  text_color: Colour,
  background_color: Colour,
  button_text_color: Colour,
  button_background_color: Colour,
})

const PromotionalOffer = Type.Object({
  ios_offer_id: Text,
  android_offer_id: Text,
  eligible: Type.Boolean(),
  title: Text,
  subtitle: Text,
  product_mapping: Texts,
  cross_product_promotions: Type.Optional(
    Type.Record(Type.String(), Type.Object({ store_offer_identifier: Text, target_product_id: Text })),
  ),
})
const MaybePromotionalOffer = Type.Optional(Type.Union([PromotionalOffer, Type.Null()]))

const FeedbackSurvey = Type.Object({
  title: Text,
  options: Type.Array(Type.Object({ id: Text, title: Text, promotional_offer: MaybePromotionalOffer }), {
    maxItems: LIST_MAX,
  }),
})

const Path = Type.Object({
  id: Text,
  title: Text,
  type: Type.Enum(['MISSING_PURCHASE', 'REFUND_REQUEST', 'CHANGE_PLANS', 'CANCEL', 'CUSTOM_URL', 'CUSTOM_ACTION']),
  url: MaybeText,
  open_method: Type.Optional(Type.Union([Type.Enum(['IN_APP', 'EXTERNAL']), Type.Null()])),
  promotional_offer: MaybePromotionalOffer,
  feedback_survey: Type.Optional(Type.Union([FeedbackSurvey, Type.Null()])),
  refund_window: Type.Optional(
    Type.Union([Type.String({ pattern: '^(forever|P[0-9YMWDTHS]{2,20})$' }), Type.Null()], {
      description: 'An ISO 8601 duration, or `forever`.',
    }),
  ),
  action_identifier: MaybeText,
})

const Screen = Type.Object({
  title: Text,
  type: Type.Enum(['MANAGEMENT', 'NO_ACTIVE']),
  subtitle: MaybeText,
  paths: Type.Array(Path, { maxItems: LIST_MAX }),
  offering: Type.Optional(
    Type.Union([Type.Object({ type: Text, offering_id: MaybeText, button_text: MaybeText }), Type.Null()]),
  ),
})

const CUSTOMER_DETAILS = [
  'active_entitlements',
  'app_user_id',
  'att_consent',
  'country',
  'device_version',
  'email',
  'facebook_anon_id',
  'idfa',
  'idfv',
  'ip',
  'last_opened',
  'last_seen_app_version',
  'total_spent',
  'user_since',
] as const

const Support = Type.Object({
  email: Text,
  should_warn_customer_to_update: MaybeFlag,
  display_purchase_history_link: MaybeFlag,
  display_user_details_section: MaybeFlag,
  display_virtual_currencies: MaybeFlag,
  should_warn_customers_about_multiple_subscriptions: MaybeFlag,
  support_tickets: Type.Optional(
    Type.Object({
      allow_creation: Type.Boolean(),
      customer_type: Text,
      customer_details: Type.Object(Object.fromEntries(CUSTOMER_DETAILS.map((name) => [name, MaybeFlag]))),
    }),
  ),
})

const ChangePlan = Type.Object({
  group_id: Text,
  group_name: Text,
  products: Type.Array(Type.Object({ product_id: Text, selected: Type.Boolean() }), { maxItems: LIST_MAX }),
})

/**
 * What the customer center of an app shows, in the form that SDKs read: RevenueCat REST API v1, customer center. More
 * fields may be there, since SDKs learn new ones; `change_plans` may be empty and not missing, or iOS refuses all of it.
 */
export const CustomerCenterDocument = Type.Object(
  {
    customer_center: Type.Object({
      appearance: Type.Object({ light: Colours, dark: Colours }),
      localization: Type.Object({ locale: Text, localized_strings: Texts }),
      screens: Type.Object({ MANAGEMENT: Screen, NO_ACTIVE: Screen }),
      support: Support,
      change_plans: Type.Array(ChangePlan, { maxItems: LIST_MAX }),
    }),
    last_published_app_version: MaybeText,
    itunes_track_id: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
  },
  { additionalProperties: true, description: 'What the customer center shows.' },
)
export type CustomerCenterDocument = Static<typeof CustomerCenterDocument>
