import type { SettingDefinition } from './setting-definition.ts'
import type { SettingRule } from './setting-rule.ts'

/** Background pushes to Apple devices. Off without a key. */
export const pushSettings = {
  apnsKey: {
    name: 'PURSER_APNS_KEY',
    type: 'text',
    group: 'push',
    secret: true,
    default: undefined,
    // Whoever reads the key says whether it is one, without repeating it.
    pattern: /^[^\0]+$/,
    shape: 'the content of a .p8 file',
    help: "Apple's key for push notifications, the content of its .p8 file. With it, apps of customers who are not connected are woken up when something changes.",
  },
  apnsKeyId: {
    name: 'PURSER_APNS_KEY_ID',
    type: 'text',
    group: 'push',
    secret: false,
    default: undefined,
    pattern: /^[A-Z0-9]{10}$/,
    shape: 'ten capital letters and digits',
    help: 'The id of that key.',
  },
  apnsTeamId: {
    name: 'PURSER_APNS_TEAM_ID',
    type: 'text',
    group: 'push',
    secret: false,
    default: undefined,
    pattern: /^[A-Z0-9]{10}$/,
    shape: 'ten capital letters and digits',
    help: 'The id of the Apple developer team.',
  },
  apnsBundleId: {
    name: 'PURSER_APNS_BUNDLE_ID',
    type: 'text',
    group: 'push',
    secret: false,
    default: undefined,
    pattern: /^[A-Za-z0-9.-]{1,155}$/,
    shape: 'a bundle id such as com.example.app',
    help: 'The bundle id of the app. Devices of other apps are not pushed to.',
  },
  apnsUrl: {
    name: 'PURSER_APNS_URL',
    type: 'url',
    group: 'push',
    secret: false,
    default: undefined,
    scheme: 'trusted-web',
    help: 'Address of the push service: https://api.push.apple.com without this setting, https://api.sandbox.push.apple.com for builds from Xcode.',
  },
} as const satisfies Record<string, SettingDefinition>

const WITH_KEY = ['PURSER_APNS_KEY_ID', 'PURSER_APNS_TEAM_ID', 'PURSER_APNS_BUNDLE_ID'] as const

export const pushRules: readonly SettingRule[] = [
  ...WITH_KEY.map((name) => ({
    kind: 'needs-one-of' as const,
    name: 'PURSER_APNS_KEY',
    oneOf: [name],
    why: 'Apple refuses pushes that do not say it',
  })),
  ...[...WITH_KEY, 'PURSER_APNS_URL'].map((name) => ({
    kind: 'needs-one-of' as const,
    name,
    oneOf: ['PURSER_APNS_KEY'],
    why: 'without a key nothing is pushed',
  })),
]
