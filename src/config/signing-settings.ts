import type { SettingDefinition } from './setting-definition.ts'

/** Signatures of answers to SDKs. Off without a key. */
export const signingSettings = {
  signingKey: {
    name: 'PURSER_SIGNING_KEY',
    type: 'signing-key',
    group: 'server',
    secret: true,
    default: undefined,
    help: 'Root key that answers to SDKs are signed with, in the layout of Trusted Entitlements. Only SDKs that are built with its public key can verify them; unmodified ones report "failed", as they do without a signature. Without it nothing is signed.',
  },
} as const satisfies Record<string, SettingDefinition>
