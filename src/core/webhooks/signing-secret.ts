import { SECRET_MAX_LENGTH, SECRET_MIN_LENGTH } from './webhook-endpoint.ts'

/** Begins secrets whose rest is the key in base64 (Standard Webhooks, symmetric signatures). */
export const SECRET_PREFIX = 'whsec_'

const VISIBLE_ASCII = /^[\x21-\x7e]+$/

/** A new secret from a token in base64url, in the form that libraries of Standard Webhooks read. */
export function signingSecretFrom(token: string): string {
  const base64 = token.replaceAll('-', '+').replaceAll('_', '/')
  return `${SECRET_PREFIX}${base64.padEnd(Math.ceil(base64.length / 4) * 4, '=')}`
}

/** Whether a secret can be taken over from another sender, so that receivers need not change. */
export function isSigningSecret(text: string): boolean {
  return text.length >= SECRET_MIN_LENGTH && text.length <= SECRET_MAX_LENGTH && VISIBLE_ASCII.test(text)
}
