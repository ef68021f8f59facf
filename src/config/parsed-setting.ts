import type { AnySettingValue } from './setting-definition.ts'

/** A parsed value, or what is wrong with the text. The problem never quotes a secret. */
export type ParsedSetting =
  | { readonly ok: true; readonly value: AnySettingValue }
  | { readonly ok: false; readonly problem: string }
