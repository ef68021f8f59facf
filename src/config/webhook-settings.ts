import type { SettingDefinition } from './setting-definition.ts'

/** Where webhooks may be sent to beyond the public internet. */
export const webhookSettings = {
  webhookAllowedHosts: {
    name: 'PURSER_WEBHOOK_ALLOWED_HOSTS',
    type: 'text',
    group: 'webhooks',
    secret: false,
    default: undefined,
    // Each entry is judged by who reads it; here it only must look like a list.
    pattern: /^[A-Za-z0-9._:/[\], -]{1,4096}$/,
    shape: 'host names, addresses and blocks such as 10.0.0.0/8, separated by commas',
    help: 'Hosts of your own network that webhooks may be sent to, also without TLS. Without it, only https addresses of the public internet are sent to.',
  },
} as const satisfies Record<string, SettingDefinition>
