/** Gives `count` random bytes. */
export type RandomBytes = (count: number) => Uint8Array

/** 64 bits: two requests of one log never meet. */
const REQUEST_ID_BYTES = 8

/** The header that carries a request's id, in both directions. */
export const REQUEST_ID_HEADER = 'x-request-id'

/** The part of a request that an id is taken from. */
type Headed = { readonly headers: Readonly<Record<string, string | string[] | undefined>> }

/**
 * Makes the function that names requests: 16 lower-case hexadecimal digits. An id that the caller sends in
 * `X-Request-ID` is kept when it has exactly that form (capitals become small), so that two services can share one;
 * anything else is replaced, since ids end in logs.
 */
export function requestIds(randomBytes: RandomBytes): (request: Headed) => string {
  return (request) => {
    const incoming = request.headers[REQUEST_ID_HEADER]
    if (typeof incoming === 'string' && /^[0-9a-f]{16}$/i.test(incoming)) return incoming.toLowerCase()
    return Buffer.from(randomBytes(REQUEST_ID_BYTES)).toString('hex')
  }
}
