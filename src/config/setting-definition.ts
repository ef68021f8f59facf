/** What every setting says about itself, whatever its type. */
type SettingBase = {
  /** The environment variable. */
  readonly name: string
  readonly group: SettingGroup
  /** Sentences for an operator: what the setting changes. Shown in `.env.example` and the documentation. */
  readonly help: string
  /** A secret is never shown, and can be given as a file through `<name>_FILE`. */
  readonly secret: boolean
}

/** The headings under which settings are documented, in this order. */
export const settingGroups = {
  server: 'Server',
  database: 'Database',
  redis: 'Redis',
  admin: 'Operators',
  upstream: 'Balances on another server',
  identity: 'Identity of end users',
  revenuecat: 'Webhook of a hosted RevenueCat',
  webhooks: 'Webhooks to your servers',
  limits: 'Limits',
  stores: 'Stores',
  push: 'Background pushes',
  logging: 'Logs',
} as const

export type SettingGroup = keyof typeof settingGroups

export type IntegerSetting = SettingBase & {
  readonly type: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit: string | undefined
}

export type SwitchSetting = SettingBase & { readonly type: 'switch'; readonly default: boolean }

export type ChoiceSetting = SettingBase & {
  readonly type: 'choice'
  readonly choices: readonly string[]
  readonly default: string
}

export type TextSetting = SettingBase & {
  readonly type: 'text'
  readonly default: string | undefined
  readonly pattern: RegExp
  /** The pattern in words, to complete "NAME accepts ...". */
  readonly shape: string
}

export type UrlSetting = SettingBase & {
  readonly type: 'url'
  readonly default: undefined
  /** `web` is http or https; `trusted-web` is https, or http on this machine only; `postgres` is a database;
   * `redis` is a Redis or Valkey server. */
  readonly scheme: 'web' | 'trusted-web' | 'postgres' | 'redis'
}

/** Several secrets that are valid at the same time, so that one can be replaced without an interruption. */
export type SecretListSetting = SettingBase & {
  readonly type: 'secret-list'
  readonly default: readonly string[]
  readonly minLength: number
  readonly maxCount: number
}

export type PublicKeySetting = SettingBase & { readonly type: 'public-key'; readonly default: undefined }

/** An Ed25519 private key. Its value is the PEM block. */
export type SigningKeySetting = SettingBase & { readonly type: 'signing-key'; readonly default: undefined }

/** A number of reverse proxies to believe, or `false` for none. */
export type HopsSetting = SettingBase & {
  readonly type: 'hops'
  readonly default: number | false
  readonly max: number
}

export type SettingDefinition =
  | IntegerSetting
  | SwitchSetting
  | ChoiceSetting
  | TextSetting
  | UrlSetting
  | SecretListSetting
  | PublicKeySetting
  | SigningKeySetting
  | HopsSetting

/** Any value a setting can have once it is read. */
export type AnySettingValue = number | boolean | string | readonly string[] | undefined

/** The type of a setting's value, inferred from its definition. */
export type SettingValue<D extends SettingDefinition> = D extends IntegerSetting
  ? number
  : D extends SwitchSetting
    ? boolean
    : D extends ChoiceSetting
      ? D['choices'][number]
      : D extends SecretListSetting
        ? readonly string[]
        : D extends HopsSetting
          ? number | false
          : D['default'] extends string
            ? string
            : string | undefined

/**
 * Tells whether a setting can also be given as a file through `<name>_FILE`: every secret (a mounted secret never
 * shows in a process list) and PEM keys (several lines, which many environments cannot carry).
 */
export function acceptsFile(definition: SettingDefinition): boolean {
  return definition.secret || definition.type === 'public-key'
}

/** The name under which a setting is given as a file. */
export function fileNameOf(definition: SettingDefinition): string {
  return `${definition.name}_FILE`
}
