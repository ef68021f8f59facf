/** The part of an HTTP framework's request that is logged. */
export type LoggedRequest = {
  readonly method?: string
  readonly url?: string
  readonly ip?: string
  readonly routeOptions?: { readonly url?: string | undefined }
}

/**
 * The fields of a request in a log: method, path without its query (which can carry one-time tickets), route and
 * address. Headers and bodies stay out.
 */
export function requestFields(request: LoggedRequest): Record<string, unknown> {
  return {
    method: request.method,
    path: request.url?.split('?', 1)[0],
    route: request.routeOptions?.url,
    address: request.ip,
  }
}

/** The fields of an answer in a log. */
export function responseFields(response: { readonly statusCode?: number }): Record<string, unknown> {
  return { status: response.statusCode }
}
