import { createPublicKey } from 'node:crypto'
import { parseSigningKey } from './parse-signing-key.ts'
import type { ParsedSetting } from './parsed-setting.ts'
import type {
  AnySettingValue,
  HopsSetting,
  IntegerSetting,
  SecretListSetting,
  SettingDefinition,
  UrlSetting,
} from './setting-definition.ts'

/** Longest part of a plain value that is quoted in a problem. */
const MAX_QUOTED_LENGTH = 40

/** Longest address; longer ones are refused by proxies anyway. */
const MAX_URL_LENGTH = 2_048

/** Longest single secret; it travels in one request header. */
const MAX_SECRET_LENGTH = 512

/** RSA keys below this can be broken and are refused by token libraries. */
const MIN_RSA_BITS = 2_048

/** Turns the text of one setting into its value. `raw` is trimmed and not empty. */
export function parseSetting(definition: SettingDefinition, raw: string): ParsedSetting {
  switch (definition.type) {
    case 'integer':
      return parseInteger(definition, raw)
    case 'switch':
      return parseSwitch(raw)
    case 'choice':
      return definition.choices.includes(raw.toLowerCase()) ? accept(raw.toLowerCase()) : refuse(quote(raw))
    case 'text':
      if (definition.pattern.test(raw)) return accept(raw)
      return refuse(definition.secret ? 'the value has another form' : quote(raw))
    case 'url':
      return parseUrl(definition, raw)
    case 'secret-list':
      return parseSecretList(definition, raw)
    case 'public-key':
      return parsePublicKey(raw)
    case 'signing-key':
      return parseSigningKey(raw)
    case 'hops':
      return parseHops(definition, raw)
  }
}

function accept(value: AnySettingValue): ParsedSetting {
  return { ok: true, value }
}

function refuse(problem: string): ParsedSetting {
  return { ok: false, problem }
}

/** Only for settings that are not secret. */
function quote(raw: string): string {
  const shown = raw.length > MAX_QUOTED_LENGTH ? `${raw.slice(0, MAX_QUOTED_LENGTH)}...` : raw
  return `the value is ${JSON.stringify(shown)}`
}

function parseInteger(definition: IntegerSetting, raw: string): ParsedSetting {
  if (!/^[+-]?\d{1,15}$/.test(raw)) return refuse(quote(raw))
  const value = Number(raw)
  if (value < definition.min || value > definition.max) return refuse(quote(raw))
  return accept(value)
}

function parseSwitch(raw: string): ParsedSetting {
  if (/^(?:true|on|yes|1)$/i.test(raw)) return accept(true)
  if (/^(?:false|off|no|0)$/i.test(raw)) return accept(false)
  return refuse(quote(raw))
}

function parseHops(definition: HopsSetting, raw: string): ParsedSetting {
  if (/^(?:false|off|no|0)$/i.test(raw)) return accept(false)
  if (/^(?:true|on|yes)$/i.test(raw)) return refuse('it does not say how many proxies to believe')
  const hops = /^\d{1,3}$/.test(raw) ? Number(raw) : Number.NaN
  return hops >= 1 && hops <= definition.max ? accept(hops) : refuse(quote(raw))
}

/** Addresses are never quoted: they may carry a password by mistake. */
function parseUrl(definition: UrlSetting, raw: string): ParsedSetting {
  if (raw.length > MAX_URL_LENGTH) return refuse(`the address is longer than ${MAX_URL_LENGTH} characters`)
  if (/[\s\p{Cc}]/u.test(raw)) return refuse('the address contains a space or a control character')
  if (!URL.canParse(raw)) return refuse('the value cannot be read as an address')
  const url = new URL(raw)
  if (definition.scheme === 'postgres') return parsePostgresUrl(url, raw)
  return definition.scheme === 'redis' ? parseRedisUrl(url, raw) : parseWebUrl(url, definition.scheme)
}

function parseRedisUrl(url: URL, raw: string): ParsedSetting {
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') return refuse('the scheme is neither redis nor rediss')
  if (url.hostname === '') return refuse('the address names no host')
  if (url.hash !== '') return refuse('the address has a fragment; a # in a password is written %23')
  if (url.search !== '') return refuse('the address has a query, which would be ignored')
  if (!/^\/?\d{0,5}$/.test(url.pathname)) return refuse('the path is not the number of a Redis database')
  if (!isPercentEncoded(url.username) || !isPercentEncoded(url.password)) return refuse('a % is not written %25')
  return accept(raw)
}

/** The driver decodes user name and password, and could not start with what cannot be decoded. */
function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function parsePostgresUrl(url: URL, raw: string): ParsedSetting {
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') return refuse('the scheme is not postgresql')
  // A `#` in a password cuts the address short; the driver would then connect to something else.
  if (url.hash !== '') return refuse('the address has a fragment; a # in a password is written %23')
  return accept(raw)
}

function parseWebUrl(url: URL, scheme: 'web' | 'trusted-web'): ParsedSetting {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('the scheme is neither http nor https')
  if (url.username !== '' || url.password !== '') return refuse('the address carries a user name or password')
  if (url.hash !== '') return refuse('the address has a fragment')
  if (scheme === 'trusted-web') {
    // Whoever can change a key set on its way can sign in as anybody.
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) return refuse('plain http reaches beyond this machine')
    return accept(url.href)
  }
  if (url.search !== '') return refuse('the address has a query')
  // Without the closing slash paths can be appended as they are.
  return accept(url.href.replace(/\/+$/, ''))
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

/** A file may hold one secret a line, hence line breaks separate as well as commas. */
function parseSecretList(definition: SecretListSetting, raw: string): ParsedSetting {
  const secrets = raw.split(/[,\r\n]/).map((part) => part.trim())
  const given = [...new Set(secrets.filter((secret) => secret !== ''))]
  if (given.length === 0) return refuse('there is no secret between the commas')
  if (given.length > definition.maxCount) return refuse(`there are ${given.length} secrets`)
  for (const [index, secret] of given.entries()) {
    const which = given.length === 1 ? 'the secret' : `secret number ${index + 1}`
    if (secret.length < definition.minLength) return refuse(`${which} has only ${secret.length} characters`)
    if (secret.length > MAX_SECRET_LENGTH) return refuse(`${which} is longer than ${MAX_SECRET_LENGTH} characters`)
    if (!/^[\x21-\x7e]+$/.test(secret)) return refuse(`${which} contains a space or a character outside ASCII`)
  }
  return accept(given)
}

function parsePublicKey(raw: string): ParsedSetting {
  const pem = `${raw.replaceAll('\\n', '\n').replaceAll('\r\n', '\n').trim()}\n`
  if (/PRIVATE KEY/.test(pem))
    return refuse('it is a private key, which belongs on no other server: treat it as leaked')
  if (!/^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----\n$/.test(pem)) {
    return refuse('it is not one PEM block of the kind PUBLIC KEY')
  }
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType === 'rsa') {
      const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
      return bits >= MIN_RSA_BITS ? accept(pem) : refuse(`the RSA key has only ${bits} bits`)
    }
    if (key.asymmetricKeyType === 'ec' || key.asymmetricKeyType === 'ed25519') return accept(pem)
    return refuse(`keys of the kind ${key.asymmetricKeyType} cannot sign tokens`)
  } catch {
    return refuse('the PEM block does not hold a key')
  }
}
