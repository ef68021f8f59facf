import { expect } from 'vitest'

/**
 * What clients of RevenueCat REST API v1 that others wrote send, call by call: method, path, headers and body, with what
 * each of them reads of the answer. Written down rather than installed: most are no packages of npm. `{...}` stands for
 * what the test knows: receipts, anonymous ids, times.
 *
 * - `revenuecat` 1.0.0 for Node (MIT, 2023, on axios 1.4): its own source was run against a server that wrote down what
 *   came. It says `application/json` on calls without a body, and repeats the user in a header.
 * - `tarpon` 0.6.1 for Ruby (MIT, 2025, on http.rb): written down from its public source. It reads and writes attributes
 *   with the public key, and fails on a missing `subscriber`.
 * - The RevenueCat blocks of Sim (Apache-2.0, 2026, on fetch): written down from their public source. They percent-encode
 *   every part of a path.
 */
export type ClientCall = {
  what: string
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  key: 'public' | 'secret'
  /** Beside `Authorization`. */
  headers: Readonly<Record<string, string>>
  body: Readonly<Record<string, unknown>> | null
  status: number
  /** What the client reads of the answer, as a pattern. */
  reads: Readonly<Record<string, unknown>>
}

export type RecordedClient = { client: string; calls: readonly ClientCall[] }

const JSON_TYPE = { 'content-type': 'application/json' }
const AXIOS = { ...JSON_TYPE, accept: 'application/json, text/plain, */*', 'user-agent': 'axios/1.4.0' }
const RUBY = { ...JSON_TYPE, accept: 'application/json', 'user-agent': 'http.rb/5.2.0' }
const SUBSCRIBER = { subscriber: { entitlements: {}, subscriptions: {}, non_subscriptions: {} } }
const OFFERINGS = {
  current_offering_id: 'default',
  offerings: [{ identifier: 'default', packages: [{ identifier: '$rc_monthly' }, {}, {}] }],
}
const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const DELETED = { app_user_id: 'anna smith', deleted: true }

function get(
  what: string,
  path: string,
  key: ClientCall['key'],
  headers: ClientCall['headers'],
  reads: ClientCall['reads'],
): ClientCall {
  return { what, method: 'GET', path, key, headers, body: null, status: 200, reads }
}

function post(what: string, path: string, headers: ClientCall['headers'], body: ClientCall['body']): ClientCall {
  return { what, method: 'POST', path, key: 'secret', headers, body, status: 200, reads: SUBSCRIBER }
}

const axiosClient: RecordedClient = {
  client: 'revenuecat 1.0.0',
  calls: [
    get('getSubscriptions', '/v1/subscribers/anna', 'secret', AXIOS, SUBSCRIBER),
    get(
      'getSubscriptions of a platform',
      '/v1/subscribers/anna',
      'public',
      { ...AXIOS, 'x-platform': 'ios' },
      SUBSCRIBER,
    ),
    {
      ...get('getSubscriptions of an anonymous user', '/v1/subscribers/{anonymous}', 'secret', AXIOS, SUBSCRIBER),
      status: 201,
    },
    {
      what: 'postSubscriptionsAttributes',
      method: 'POST',
      path: '/v1/subscribers/anna/attributes',
      key: 'secret',
      headers: { ...AXIOS, app_user_id: 'anna' },
      body: { attributes: { $email: { value: 'anna@example.com' } } },
      status: 200,
      reads: {},
    },
    get(
      'getOfferings',
      '/v1/subscribers/anna/offerings',
      'public',
      { ...AXIOS, app_user_id: 'anna', 'x-platform': 'ios' },
      OFFERINGS,
    ),
    get(
      'getOfferings of Android',
      '/v1/subscribers/anna/offerings',
      'public',
      { ...AXIOS, app_user_id: 'anna', 'x-platform': 'android' },
      OFFERINGS,
    ),
  ],
}

const tarpon: RecordedClient = {
  client: 'tarpon 0.6.1',
  calls: [
    get('get_or_create', '/v1/subscribers/anna', 'public', RUBY, SUBSCRIBER),
    {
      ...post('attributes.update', '/v1/subscribers/anna/attributes', RUBY, {
        attributes: { $email: { value: 'anna@example.com' }, plan: { value: 'gold' } },
      }),
      key: 'public',
      reads: {},
    },
    {
      ...post(
        'receipt.create',
        '/v1/receipts',
        { ...RUBY, 'x-platform': 'ios' },
        {
          app_user_id: 'anna',
          fetch_token: '{receipt}',
          product_id: 'pro_monthly',
          price: 9.99,
          currency: 'USD',
          is_restore: false,
        },
      ),
      key: 'public',
      reads: { subscriber: { entitlements: { pro: { expires_date: ISO_TIME, purchase_date: ISO_TIME } } } },
    },
    get('offerings.list', '/v1/subscribers/anna/offerings', 'public', { ...RUBY, 'x-platform': 'ios' }, OFFERINGS),
    post('subscriptions.defer', '/v1/subscribers/anna/subscriptions/pro_monthly/defer', RUBY, {
      expiry_time_ms: '{inTwoMonths}',
    }),
    {
      ...post('entitlements.grant_promotional', '/v1/subscribers/anna/entitlements/pro/promotional', RUBY, {
        duration: 'weekly',
        start_time_ms: '{now}',
      }),
      status: 201,
    },
    post('entitlements.revoke_promotional', '/v1/subscribers/anna/entitlements/pro/revoke_promotionals', RUBY, null),
    { ...post('delete', '/v1/subscribers/anna', RUBY, null), method: 'DELETE', reads: { deleted: true } },
  ],
}

const sim: RecordedClient = {
  client: 'Sim 2026',
  calls: [
    { ...get('get_customer', '/v1/subscribers/anna%20smith', 'secret', JSON_TYPE, SUBSCRIBER), status: 201 },
    {
      ...post(
        'create_purchase',
        '/v1/receipts',
        { ...JSON_TYPE, 'x-platform': 'ios' },
        {
          app_user_id: 'anna smith',
          fetch_token: '{receipt}',
          product_id: 'pro_monthly',
          price: 9.99,
          currency: 'USD',
          is_restore: true,
          presented_offering_identifier: 'default',
          payment_mode: 'free_trial',
        },
      ),
      key: 'public',
      reads: { subscriber: { original_app_user_id: 'anna smith', entitlements: { pro: {} } } },
    },
    post('update_subscriber_attributes', '/v1/subscribers/anna%20smith/attributes', JSON_TYPE, {
      attributes: { $email: { value: 'anna@example.com', updated_at_ms: '{now}' } },
    }),
    get('list_offerings', '/v1/subscribers/anna%20smith/offerings', 'public', JSON_TYPE, OFFERINGS),
    {
      ...post('grant_entitlement', '/v1/subscribers/anna%20smith/entitlements/pro/promotional', JSON_TYPE, {
        end_time_ms: '{inTwoMonths}',
      }),
      status: 201,
    },
    post('revoke_entitlement', '/v1/subscribers/anna%20smith/entitlements/pro/revoke_promotionals', JSON_TYPE, null),
    post('defer_google_subscription', '/v1/subscribers/anna%20smith/subscriptions/pro_monthly/defer', JSON_TYPE, {
      extend_by_days: 7,
    }),
    post('refund_google_subscription', '/v1/subscribers/anna%20smith/transactions/{receipt}/refund', JSON_TYPE, null),
    { ...post('delete_customer', '/v1/subscribers/anna%20smith', JSON_TYPE, null), method: 'DELETE', reads: DELETED },
  ],
}

/** Another life, because a purchase is given back only once. */
const simRevokes: RecordedClient = {
  client: 'Sim 2026, revoking',
  calls: [
    {
      ...post(
        'create_purchase',
        '/v1/receipts',
        { ...JSON_TYPE, 'x-platform': 'ios' },
        {
          app_user_id: 'anna smith',
          fetch_token: '{receipt}',
          product_id: 'pro_monthly',
        },
      ),
      key: 'public',
    },
    post(
      'revoke_google_subscription',
      '/v1/subscribers/anna%20smith/subscriptions/pro_monthly/revoke',
      JSON_TYPE,
      null,
    ),
  ],
}

export const RECORDED_CLIENTS: readonly RecordedClient[] = [axiosClient, tarpon, sim, simRevokes]
