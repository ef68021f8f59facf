/** Makes secrets (keys, socket tokens) and the form in which they are stored. A port: randomness and hashing come from outside. */
export type TokenSecrets = {
  /** A new unguessable token, safe in a URL. */
  newToken(): string
  /** A one-way hash of a token. The only form that is stored. */
  hash(token: string): string
}
