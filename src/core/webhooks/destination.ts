import { ok, type Result, refuse } from '../lib/result.ts'
import { type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from './ip-address.ts'
import { ENDPOINT_URL_MAX_LENGTH } from './webhook-endpoint.ts'

/** Hosts of the own network that webhooks may be sent to: host names, and blocks of addresses. */
export type AllowedHosts = { names: ReadonlySet<string>; ranges: readonly IpRange[] }

export const NO_HOSTS: AllowedHosts = { names: new Set(), ranges: [] }

/** Why nothing is sent to an address. The words are for the operator who named it. */
export type DestinationRefusal = { code: 'destination_refused'; reason: string }

/** Where a request goes: its host is a name or an address, without brackets and without a dot at the end. */
export type Destination = { url: URL; host: string }

/** IPv4 addresses that are not on the public internet (IANA IPv4 Special-Purpose Address Registry), and Azure's agent. */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map(rangeOf)

/** Of IPv6 only global unicast is open (RFC 4291, 2.4): private, link-local, multicast, NAT64 and the rest lie outside. */
const OPEN_V6 = rangeOf('2000::/3')
/** And of it not what is special (IANA IPv6 Special-Purpose Address Registry): Teredo and 6to4 lead to IPv4 addresses. */
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'].map(rangeOf)

function rangeOf(text: string): IpRange {
  return parseIpRange(text) as IpRange
}

/** Whether an address is one of the public internet. */
function isPublicAddress(address: IpAddress): boolean {
  if (address.version === 4) return !CLOSED_V4.some((range) => isInRange(address, range))
  return isInRange(address, OPEN_V6) && !CLOSED_V6.some((range) => isInRange(address, range))
}

/** Host names as they are written in an allow-list: labels of letters, digits, hyphens and underscores. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/
/** What ends in a number is an address, or wants to be one (WHATWG URL, host parsing). */
const ENDS_IN_NUMBER = /(^|\.)(\d+|0x[0-9a-f]*)$/

/** Reads a comma-separated list of host names, addresses and blocks. The refusal is the entry that is none of these. */
export function parseAllowedHosts(text: string): Result<AllowedHosts, string> {
  const names = new Set<string>()
  const ranges: IpRange[] = []
  for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
    if (entry === '') continue
    const range = parseIpRange(entry.replace(/^\[(.*)\]$/, '$1'))
    const name = withoutDot(entry)
    if (range !== null) ranges.push(range)
    else if (HOST_NAME.test(name) && !ENDS_IN_NUMBER.test(name)) names.add(name)
    else return refuse(entry)
  }
  return ok({ names, ranges })
}

/** Reads the address of an endpoint. What its name leads to is judged by `refuseAddresses`, at each attempt. */
export function parseDestination(text: string, allowed: AllowedHosts): Result<Destination, DestinationRefusal> {
  const url = text.length <= ENDPOINT_URL_MAX_LENGTH && URL.canParse(text) ? new URL(text) : null
  if (url === null) return refused(`must be a URL of at most ${ENDPOINT_URL_MAX_LENGTH} characters`)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused('must begin with https://')
  if (url.username !== '' || url.password !== '') return refused('must not contain a user name or a password')
  if (url.port === '0') return refused('must not name port 0')
  const host = withoutDot(url.hostname.replace(/^\[(.*)\]$/, '$1'))
  if (host === '') return refused('must name a host')
  const destination = { url, host }
  const mayBeAllowed = allowed.names.has(host) || allowed.ranges.length > 0
  if (url.protocol === 'http:' && !mayBeAllowed) return refused('must begin with https://')
  const address = parseIpAddress(host)
  const refusal = address === null ? null : refuseAddresses(destination, [host], allowed)
  return refusal === null ? ok(destination) : refuse(refusal)
}

/**
 * Judges the addresses that a host leads to at this moment: null when a request may go to each of them. One that is not
 * allowed refuses all, since a name that leads both inside and outside is a trap or a mistake.
 */
export function refuseAddresses(
  { url, host }: Destination,
  addresses: readonly string[],
  allowed: AllowedHosts,
): DestinationRefusal | null {
  if (addresses.length === 0) return refused('leads to no address').refusal
  if (allowed.names.has(host)) return null
  for (const text of addresses) {
    const address = parseIpAddress(text)
    if (address === null) return refused('leads to an address that is not understood').refusal
    const isAllowed = allowed.ranges.some((range) => isInRange(address, range))
    if (!isAllowed && url.protocol === 'http:') return refused('must begin with https://').refusal
    if (!isAllowed && !isPublicAddress(address)) return refused(NOT_PUBLIC).refusal
  }
  return null
}

/** The address itself is not repeated: what a name leads to inside a network is nobody's business outside. */
const NOT_PUBLIC = 'leads to an address that is not public, which PURSER_WEBHOOK_ALLOWED_HOSTS does not allow'

function refused(reason: string): { ok: false; refusal: DestinationRefusal } {
  return refuse({ code: 'destination_refused', reason })
}

function withoutDot(host: string): string {
  return host.replace(/\.$/, '')
}
