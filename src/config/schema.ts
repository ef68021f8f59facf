import { appleRules, appleSettings } from './apple-settings.ts'
import { pushRules, pushSettings } from './push-settings.ts'
import { rateSettings } from './rate-settings.ts'
import { revenuecatSettings } from './revenuecat-settings.ts'
import type { SettingDefinition, SettingValue } from './setting-definition.ts'
import type { SettingRule } from './setting-rule.ts'
import { signingSettings } from './signing-settings.ts'
import { upstreamSettings } from './upstream-settings.ts'
import { webhookSettings } from './webhook-settings.ts'

/** What all durations share. */
const milliseconds = { type: 'integer', secret: false, unit: 'milliseconds' } as const

/**
 * Every setting of the server, once: reading, `purser config`, `.env.example` and `docs/configuration.md` all come
 * from this record. The key is the name inside the program, `name` is the environment variable.
 */
export const settingDefinitions = {
  port: {
    name: 'PURSER_PORT',
    type: 'integer',
    group: 'server',
    secret: false,
    default: 8080,
    min: 1,
    max: 65_535,
    unit: undefined,
    help: 'TCP port to listen on.',
  },
  host: {
    name: 'PURSER_HOST',
    type: 'text',
    group: 'server',
    secret: false,
    default: '127.0.0.1',
    pattern: /^[A-Za-z0-9._:%-]{1,253}$/,
    shape: 'an IP address or a host name of this machine',
    help: 'Address to listen on. The default answers this machine only; 0.0.0.0 answers every network.',
  },
  publicUrl: {
    name: 'PURSER_PUBLIC_URL',
    type: 'url',
    group: 'server',
    secret: false,
    default: undefined,
    scheme: 'web',
    help: 'Address under which clients reach the server, used in links. With https, browsers are told to stay on https.',
  },
  dataDir: {
    name: 'PURSER_DATA_DIR',
    type: 'text',
    group: 'server',
    secret: false,
    default: './data',
    pattern: /^[^\p{Cc}]{1,1024}$/u,
    shape: 'a folder path',
    help: 'Folder of the embedded database and of generated credentials. Relative paths start at the working directory.',
  },
  trustProxy: {
    name: 'PURSER_TRUST_PROXY',
    type: 'hops',
    group: 'server',
    secret: false,
    default: false,
    max: 10,
    help: 'How many reverse proxies stand in front, so that the caller is read from X-Forwarded-For. Too high a number lets callers choose their own address.',
  },
  shutdownGraceMs: {
    ...milliseconds,
    name: 'PURSER_SHUTDOWN_GRACE_MS',
    group: 'server',
    default: 10_000,
    min: 0,
    max: 600_000,
    help: 'How long running requests may finish after a stop signal.',
  },
  ...signingSettings,
  databaseUrl: {
    name: 'DATABASE_URL',
    type: 'url',
    group: 'database',
    secret: true,
    default: undefined,
    scheme: 'postgres',
    help: 'PostgreSQL server to use. Without it, an embedded PostgreSQL runs in the data folder.',
  },
  databasePoolSize: {
    name: 'PURSER_DATABASE_POOL_SIZE',
    type: 'integer',
    group: 'database',
    secret: false,
    default: 8,
    min: 1,
    max: 200,
    unit: 'connections',
    help: 'Most connections this process opens to the database.',
  },
  databaseGroupMax: {
    name: 'PURSER_DATABASE_GROUP_MAX',
    type: 'integer',
    group: 'database',
    secret: false,
    default: 128,
    min: 1,
    max: 256,
    unit: 'writes',
    help: 'Most wallet writes that share one transaction when they are wanted at the same moment. 1 gives each its own.',
  },
  databaseStatementTimeoutMs: {
    ...milliseconds,
    name: 'PURSER_DATABASE_STATEMENT_TIMEOUT_MS',
    group: 'database',
    default: 15_000,
    min: 100,
    max: 3_600_000,
    help: 'Longest time one statement may run.',
  },
  databaseLockTimeoutMs: {
    ...milliseconds,
    name: 'PURSER_DATABASE_LOCK_TIMEOUT_MS',
    group: 'database',
    default: 5_000,
    min: 10,
    max: 600_000,
    help: 'Longest time a statement may wait for a lock.',
  },
  databaseNamedStatements: {
    name: 'PURSER_DATABASE_NAMED_STATEMENTS',
    type: 'switch',
    group: 'database',
    secret: false,
    default: true,
    help: 'Whether statements are prepared once under a name. Turn it off behind PgBouncer older than 1.21 in transaction mode.',
  },
  redisUrl: {
    name: 'REDIS_URL',
    type: 'url',
    group: 'redis',
    secret: true,
    default: undefined,
    scheme: 'redis',
    help: 'Redis or Valkey, over which several processes tell each other at once what realtime clients are to hear. Without it, a change made by another process is noticed some seconds later.',
  },
  redisPrefix: {
    name: 'PURSER_REDIS_PREFIX',
    type: 'text',
    group: 'redis',
    secret: false,
    default: 'purser',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
    shape: 'up to 64 letters, digits, dots, colons, underscores and hyphens',
    help: 'Begins the names of all Redis channels. Processes on one database share it; installations with databases of their own must not.',
  },
  adminSecrets: {
    name: 'PURSER_ADMIN_SECRET',
    type: 'secret-list',
    group: 'admin',
    secret: true,
    default: [],
    minLength: 16,
    maxCount: 8,
    help: 'Secret of the admin API. Several can be valid at once, separated by commas, so that one can be replaced without an interruption. Without it the admin API is closed.',
  },
  ...upstreamSettings,
  identityJwksUrl: {
    name: 'PURSER_IDENTITY_JWKS_URL',
    type: 'url',
    group: 'identity',
    secret: false,
    default: undefined,
    scheme: 'trusted-web',
    help: 'Where the identity provider publishes its signing keys (JSON Web Key Set). Without any key source, routes for signed-in users are closed.',
  },
  identityPublicKey: {
    name: 'PURSER_IDENTITY_PUBLIC_KEY',
    type: 'public-key',
    group: 'identity',
    secret: false,
    default: undefined,
    help: "The identity provider's public key, instead of a key set address.",
  },
  identityIssuer: {
    name: 'PURSER_IDENTITY_ISSUER',
    type: 'text',
    group: 'identity',
    secret: false,
    default: undefined,
    pattern: /^[\x21-\x7e]{1,1024}$/,
    shape: 'the exact `iss` value of the tokens, without spaces',
    help: 'Refuse tokens whose `iss` differs.',
  },
  identityAudience: {
    name: 'PURSER_IDENTITY_AUDIENCE',
    type: 'text',
    group: 'identity',
    secret: false,
    default: undefined,
    pattern: /^[\x21-\x7e]{1,1024}$/,
    shape: 'the exact `aud` value of the tokens, without spaces',
    help: 'Refuse tokens whose `aud` does not name it.',
  },
  ...revenuecatSettings,
  ...webhookSettings,
  maxBodyBytes: {
    name: 'PURSER_MAX_BODY_BYTES',
    type: 'integer',
    group: 'limits',
    secret: false,
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
    unit: 'bytes',
    help: 'Largest request body.',
  },
  maxAdjust: {
    name: 'PURSER_MAX_ADJUST',
    type: 'integer',
    group: 'limits',
    secret: false,
    default: 100_000,
    min: 1,
    max: 2_000_000_000,
    unit: 'credits',
    help: 'Largest absolute amount of one change of a balance through the admin API.',
  },
  ...rateSettings,
  ...appleSettings,
  ...pushSettings,
  logLevel: {
    name: 'PURSER_LOG_LEVEL',
    type: 'choice',
    group: 'logging',
    secret: false,
    default: 'info',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    help: 'Least important level that is logged.',
  },
  logFormat: {
    name: 'PURSER_LOG_FORMAT',
    type: 'choice',
    group: 'logging',
    secret: false,
    default: 'auto',
    choices: ['auto', 'json', 'pretty'],
    help: 'One JSON object a line, or coloured text. `auto` is text on a terminal and JSON elsewhere.',
  },
} as const satisfies Record<string, SettingDefinition>

/** Rules between settings. */
export const settingRules: readonly SettingRule[] = [
  ...appleRules,
  ...pushRules,
  {
    kind: 'all-or-none',
    names: Object.values(upstreamSettings).map(({ name }) => name),
    why: 'changes of balances must not go to a server that is only half known',
  },
  {
    kind: 'needs-one-of',
    name: 'PURSER_REVENUECAT_SIGNING_SECRET',
    oneOf: ['PURSER_REVENUECAT_WEBHOOK_SECRET'],
    why: 'without it the webhook is closed, signed or not',
  },
  {
    kind: 'only-one-of',
    names: ['PURSER_IDENTITY_JWKS_URL', 'PURSER_IDENTITY_PUBLIC_KEY'],
    why: 'two key sources would leave open which one decides',
  },
  {
    kind: 'needs-one-of',
    name: 'PURSER_IDENTITY_ISSUER',
    oneOf: ['PURSER_IDENTITY_JWKS_URL', 'PURSER_IDENTITY_PUBLIC_KEY'],
    why: 'without a key source no token can be checked',
  },
  {
    kind: 'needs-one-of',
    name: 'PURSER_IDENTITY_AUDIENCE',
    oneOf: ['PURSER_IDENTITY_JWKS_URL', 'PURSER_IDENTITY_PUBLIC_KEY'],
    why: 'without a key source no token can be checked',
  },
  {
    kind: 'not-above',
    name: 'PURSER_DATABASE_LOCK_TIMEOUT_MS',
    limit: 'PURSER_DATABASE_STATEMENT_TIMEOUT_MS',
    why: 'the statement would be cancelled before its wait for a lock is',
  },
]

/** The name of a setting inside the program. */
export type SettingKey = keyof typeof settingDefinitions

/** All settings, with the types their definitions imply. */
export type Settings = { readonly [K in SettingKey]: SettingValue<(typeof settingDefinitions)[K]> }

/** The settings in the order of their definition. */
export const settingEntries = Object.entries(settingDefinitions) as readonly (readonly [
  SettingKey,
  SettingDefinition,
])[]
