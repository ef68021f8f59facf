import type { preParsingHookHandler } from 'fastify'

/** A path whose percent-encoding stands for no text. */
export class UrlFault extends Error {
  override readonly name = 'UrlFault'
  /** The status the HTTP framework answers with. */
  readonly statusCode = 400

  constructor() {
    super('The path is not valid: a percent sign must begin an escape, and the escapes must be UTF-8.')
  }
}

/**
 * The URL that is routed in place of the requested one. A path that cannot be decoded gets its percent signs escaped,
 * so that it still reaches the surface it is meant for; `refuseUnreadableUrl` then refuses it there, in that surface's
 * shape and with its headers.
 */
export function routableUrl(url: string): string {
  return isReadable(url) ? url : url.replaceAll('%', '%25')
}

/** Refuses a URL that was only made routable. A preParsing hook: every onRequest hook of the surface has run by then. */
export const refuseUnreadableUrl: preParsingHookHandler = (request, _reply, payload, done) => {
  if (isReadable(request.originalUrl)) done(null, payload)
  else done(new UrlFault())
}

function isReadable(url: string): boolean {
  if (!url.includes('%')) return true
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}
