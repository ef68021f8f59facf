import autocannon from 'autocannon'

export type Load = { perSecond: number; p99Ms: number }

export type LoadRequest = {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  /** Makes the body of each request; absent for reads. */
  body?: () => string
  /** Requests on their way at a time; 32 unless said. */
  connections?: number
}

const SECONDS = 3
const CONNECTIONS = 32

/** Sends a request again and again for a few seconds. Fails when any answer is not a 2xx: a refusal is no throughput. */
export async function load({ url, method, headers, body, connections }: LoadRequest): Promise<Load> {
  const result = await autocannon({
    url,
    connections: connections ?? CONNECTIONS,
    duration: SECONDS,
    requests: [
      {
        method,
        headers,
        ...(body && { setupRequest: (request: autocannon.Request) => ({ ...request, body: body() }) }),
      },
    ],
  })
  const bad = result.non2xx + result.errors + result.timeouts
  if (bad > 0) throw new Error(`${bad} of ${result.requests.total} requests to ${url} were not answered with success`)
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 }
}
