import type { SettingDefinition, UrlSetting } from './setting-definition.ts'
import { acceptsFile, fileNameOf } from './setting-definition.ts'
import { listWords } from './setting-rule.ts'

const urlShapes: Record<UrlSetting['scheme'], string> = {
  web: 'an http or https address without user name, query or fragment, such as https://purser.example.com',
  'trusted-web': 'an https address (http only on localhost) without user name or fragment',
  postgres:
    'a PostgreSQL address: postgresql://USER:PASSWORD@HOST:5432/DATABASE, with reserved characters percent-encoded',
  redis:
    'a Redis address: redis://USER:PASSWORD@HOST:6379, or rediss:// for TLS, with reserved characters percent-encoded',
}

/** What a setting accepts, in words that complete "NAME accepts ...". */
export function shapeOf(definition: SettingDefinition): string {
  switch (definition.type) {
    case 'integer':
      return `a whole number from ${definition.min} to ${definition.max}${definition.unit ? ` ${definition.unit}` : ''}`
    case 'switch':
      return 'true or false'
    case 'choice':
      return listWords(definition.choices, 'or')
    case 'text':
      return definition.shape
    case 'url':
      return urlShapes[definition.scheme]
    case 'secret-list':
      return (
        `1 to ${definition.maxCount} secrets separated by commas, each at least ${definition.minLength} characters ` +
        'of visible ASCII without spaces'
      )
    case 'signing-key':
      return 'an Ed25519 private key, as a PEM block or as 32 bytes in base64'
    case 'public-key':
      return 'an RSA (2048 bits or more), EC or Ed25519 public key in PEM form (BEGIN PUBLIC KEY); line breaks may be written as \\n'
    case 'hops':
      return `false, or a whole number of proxies from 1 to ${definition.max}`
  }
}

/** The default of a setting as it would be written in the environment; `undefined` when there is none. */
export function defaultText(definition: SettingDefinition): string | undefined {
  const value = definition.default
  return value === undefined || typeof value === 'object' ? undefined : String(value)
}

/** The repair of a wrong value, as one sentence. */
export function fixOf(definition: SettingDefinition): string {
  const fallback = defaultText(definition)
  const removal = fallback === undefined ? 'remove it' : `remove it to use the default, ${fallback}`
  const place = acceptsFile(definition) ? ` or the file that ${fileNameOf(definition)} names` : ''
  return `Correct ${definition.name}${place}, or ${removal}.`
}
