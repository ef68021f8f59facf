import type { SettingDefinition } from './setting-definition.ts'

/** What all rate limits share. The bound is wide enough for load tests, yet never "unlimited". */
const perMinute = { type: 'integer', group: 'limits', secret: false, min: 1, max: 1_000_000, unit: 'a minute' } as const

/** How often callers may ask, surface by surface. */
export const rateSettings = {
  rateAdminCurrencies: {
    ...perMinute,
    name: 'PURSER_RATE_ADMIN_CURRENCIES',
    default: 60,
    help: 'Requests for the list of currencies, for each operator.',
  },
  rateAdminBalances: {
    ...perMinute,
    name: 'PURSER_RATE_ADMIN_BALANCES',
    default: 120,
    help: 'Requests for balances, for each operator.',
  },
  rateAdminAdjust: {
    ...perMinute,
    name: 'PURSER_RATE_ADMIN_ADJUST',
    default: 30,
    help: 'Changes of balances, revocations and actions in the Test Store, for each operator.',
  },
  rateAdminHolds: {
    ...perMinute,
    name: 'PURSER_RATE_ADMIN_HOLDS',
    default: 30,
    help: 'Changes of holds, for each operator.',
  },
  ratePublish: {
    ...perMinute,
    name: 'PURSER_RATE_PUBLISH',
    default: 600,
    help: 'Realtime messages that may be published, with each secret of the admin API.',
  },
  rateBootstrap: {
    ...perMinute,
    name: 'PURSER_RATE_BOOTSTRAP',
    default: 30,
    help: 'Realtime sessions that one user may start.',
  },
  rateV2Configuration: {
    ...perMinute,
    name: 'PURSER_RATE_V2_CONFIGURATION',
    default: 60,
    help: 'Requests to REST API v2 about the configuration of a project, for each key.',
  },
  rateV2Customers: {
    ...perMinute,
    name: 'PURSER_RATE_V2_CUSTOMERS',
    default: 480,
    help: 'Requests to REST API v2 about customers, for each key.',
  },
  rateV2Transactions: {
    ...perMinute,
    name: 'PURSER_RATE_V2_TRANSACTIONS',
    default: 480,
    help: 'Changes of balances through REST API v2, for each key.',
  },
  rateUsage: {
    ...perMinute,
    name: 'PURSER_RATE_USAGE',
    default: 120,
    help: 'Looks of one user at what may be used.',
  },
  rateConsume: {
    ...perMinute,
    name: 'PURSER_RATE_CONSUME',
    default: 120,
    help: 'Consumptions that the app of one user may ask for.',
  },
  rateConsumeServer: {
    ...perMinute,
    name: 'PURSER_RATE_CONSUME_SERVER',
    default: 60_000,
    help: 'Consumptions that may be asked for with one secret key, for all users together.',
  },
  rateFailedAuth: {
    ...perMinute,
    name: 'PURSER_RATE_FAILED_AUTH',
    default: 60,
    help: 'Failed sign-ins from one address before it is refused.',
  },
} as const satisfies Record<string, SettingDefinition>
