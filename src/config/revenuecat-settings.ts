import type { SettingDefinition } from './setting-definition.ts'

/** Secrets that somebody else's dashboard makes or takes; long ones are up to who chooses them. */
const secretList = {
  type: 'secret-list',
  group: 'revenuecat',
  secret: true,
  default: [],
  minLength: 8,
  maxCount: 8,
} as const

/** What a hosted RevenueCat may tell this server. */
export const revenuecatSettings = {
  revenuecatWebhookSecrets: {
    ...secretList,
    name: 'PURSER_REVENUECAT_WEBHOOK_SECRET',
    help: "Secret of the Authorization header that RevenueCat's webhook sends, with or without `Bearer`. Several can be valid at once, separated by commas. Without it the webhook is closed.",
  },
  revenuecatSigningSecrets: {
    ...secretList,
    name: 'PURSER_REVENUECAT_SIGNING_SECRET',
    help: "Signing secret of RevenueCat's webhook; several may be separated by commas. With it every call must be signed.",
  },
  revenuecatWebhookSandbox: {
    name: 'PURSER_REVENUECAT_WEBHOOK_SANDBOX',
    type: 'switch',
    group: 'revenuecat',
    secret: false,
    default: false,
    help: "Whether purchases in stores' sandboxes give access and credits. Their events are kept in any case.",
  },
  revenuecatWebhookMirror: {
    name: 'PURSER_REVENUECAT_WEBHOOK_MIRROR',
    type: 'switch',
    group: 'revenuecat',
    secret: false,
    default: false,
    help: "Whether changes of balances by hand in RevenueCat's dashboard are made here as well.",
  },
} as const satisfies Record<string, SettingDefinition>
