import type { CustomerCenterDocument } from '../../lib/customer-center.ts'

const NO_COLOURS = {
  accent_color: null,
  text_color: null,
  background_color: null,
  button_text_color: null,
  button_background_color: null,
}

const MISSING_PURCHASE = {
  id: 'missing_purchase',
  title: 'Check for missing purchases',
  type: 'MISSING_PURCHASE',
} as const

/**
 * The customer center of a project that has none of its own: what every app can offer, in the SDK's own colours and
 * texts. Tickets are off, for nobody may be looking at them.
 */
export const DEFAULT_CUSTOMER_CENTER: CustomerCenterDocument = {
  customer_center: {
    appearance: { light: NO_COLOURS, dark: NO_COLOURS },
    localization: { locale: 'en_US', localized_strings: {} },
    screens: {
      MANAGEMENT: {
        title: 'Manage your subscription',
        type: 'MANAGEMENT',
        subtitle: null,
        paths: [
          MISSING_PURCHASE,
          { id: 'refund_request', title: 'Request a refund', type: 'REFUND_REQUEST', refund_window: 'forever' },
          { id: 'change_plans', title: 'Change plans', type: 'CHANGE_PLANS' },
          { id: 'cancel', title: 'Cancel subscription', type: 'CANCEL' },
        ],
        offering: null,
      },
      NO_ACTIVE: {
        title: 'No subscriptions found',
        type: 'NO_ACTIVE',
        subtitle: 'We can try to find your purchases.',
        paths: [MISSING_PURCHASE],
        offering: null,
      },
    },
    support: {
      email: '',
      should_warn_customer_to_update: false,
      display_purchase_history_link: true,
      display_user_details_section: true,
      display_virtual_currencies: false,
      should_warn_customers_about_multiple_subscriptions: false,
      support_tickets: { allow_creation: false, customer_type: 'none', customer_details: {} },
    },
    change_plans: [],
  },
  last_published_app_version: null,
  itunes_track_id: null,
}
