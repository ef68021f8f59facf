import type { SettingDefinition } from './setting-definition.ts'

/** The server that keeps the balances, when it is not this one: all of them, or none. */
export const upstreamSettings = {
  creditsUpstreamUrl: {
    name: 'PURSER_CREDITS_UPSTREAM_URL',
    type: 'url',
    group: 'upstream',
    secret: false,
    default: undefined,
    scheme: 'trusted-web',
    help: 'Address of the REST API v2 that keeps the balances, https://api.revenuecat.com/v2 for hosted RevenueCat. With it the admin API changes balances there and not in the own ledger.',
  },
  creditsUpstreamKey: {
    name: 'PURSER_CREDITS_UPSTREAM_KEY',
    type: 'text',
    group: 'upstream',
    secret: true,
    default: undefined,
    pattern: /^[\x21-\x7e]{1,512}$/,
    shape: 'a secret key for REST API v2, without spaces',
    help: 'Secret key (v2) for that server. It needs to read the virtual currencies of the project configuration, and to read and write customer purchases.',
  },
  creditsUpstreamProject: {
    name: 'PURSER_CREDITS_UPSTREAM_PROJECT',
    type: 'text',
    group: 'upstream',
    secret: false,
    default: undefined,
    pattern: /^[A-Za-z0-9_-]{1,255}$/,
    shape: 'the id of a project',
    help: 'Id of the project at that server, such as proj1ab2c3d4.',
  },
} as const satisfies Record<string, SettingDefinition>
