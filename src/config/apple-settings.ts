import type { SettingDefinition } from './setting-definition.ts'
import type { SettingRule } from './setting-rule.ts'

/** What Apple gives a team. Without it, promotional offers are not signed. */
export const appleSettings = {
  appleOfferKey: {
    name: 'PURSER_APPLE_OFFER_KEY',
    type: 'text',
    group: 'stores',
    secret: true,
    default: undefined,
    // Whoever reads the key says whether it is one, without repeating it.
    pattern: /^[^\0]+$/,
    shape: 'the content of a .p8 file',
    help: "The team's key for in-app purchases, the content of its .p8 file. With it, promotional offers are signed for apps that ask.",
  },
  appleOfferKeyId: {
    name: 'PURSER_APPLE_OFFER_KEY_ID',
    type: 'text',
    group: 'stores',
    secret: false,
    default: undefined,
    pattern: /^[A-Z0-9]{8,12}$/,
    shape: 'eight to twelve capital letters and digits',
    help: 'The id of that key.',
  },
  appleOfferBundleId: {
    name: 'PURSER_APPLE_OFFER_BUNDLE_ID',
    type: 'text',
    group: 'stores',
    secret: false,
    default: undefined,
    pattern: /^[A-Za-z0-9.-]{1,155}$/,
    shape: 'a bundle id such as com.example.app',
    help: 'The bundle id of the app whose offers are signed.',
  },
} as const satisfies Record<string, SettingDefinition>

export const appleRules: readonly SettingRule[] = [
  {
    kind: 'all-or-none',
    names: Object.values(appleSettings).map(({ name }) => name),
    why: 'each of them is a part of what is signed',
  },
]
