/** An address as a number: 32 bits or 128. */
export type IpAddress = { version: 4 | 6; value: bigint }

/** A block of addresses. */
export type IpRange = IpAddress & { prefix: number }

const V4_BITS = 32
const V6_BITS = 128
const V6_GROUPS = 8
const GROUP_BITS = 16n
const OCTET = /^(0|[1-9]\d{0,2})$/
const GROUP = /^[0-9a-f]{1,4}$/i
const OCTET_MAX = 255
/** `::ffff:0:0/96`: an IPv4 address in the clothes of IPv6. */
const MAPPED_PREFIX = 0xffffn

/**
 * Reads an address as resolvers write it. A mapped IPv4 address is read as the IPv4 address that it leads to. Null for
 * anything else, such as an address with a zone or an octal number: who is not understood is not trusted.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const four = parseV4(text)
  if (four !== null) return { version: 4, value: four }
  const six = parseV6(text)
  if (six === null) return null
  return six >> BigInt(V4_BITS) === MAPPED_PREFIX
    ? { version: 4, value: six & ((1n << BigInt(V4_BITS)) - 1n) }
    : { version: 6, value: six }
}

/** Reads `10.0.0.0/8`, or one address; null for anything else. */
export function parseIpRange(text: string): IpRange | null {
  const [address = '', length, ...more] = text.split('/')
  const parsed = parseIpAddress(address)
  if (parsed === null || more.length > 0) return null
  const bits = parsed.version === 4 ? V4_BITS : V6_BITS
  if (length === undefined) return { ...parsed, prefix: bits }
  const prefix = OCTET.test(length) ? Number(length) : -1
  // A mapped block would change its meaning with its prefix.
  const isMapped = parsed.version === 4 && address.includes(':')
  return prefix >= 0 && prefix <= bits && !isMapped ? { ...parsed, prefix } : null
}

export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.version !== range.version) return false
  const ignored = BigInt((range.version === 4 ? V4_BITS : V6_BITS) - range.prefix)
  return address.value >> ignored === range.value >> ignored
}

function parseV4(text: string): bigint | null {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= OCTET_MAX)) return null
  return octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n)
}

function parseV6(text: string): bigint | null {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return null
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  if (before === null || after === null) return null
  const missing = V6_GROUPS - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array<bigint>(missing).fill(0n), ...after]
  return groups.reduce((value, group) => (value << GROUP_BITS) | group, 0n)
}

/** The groups of a part of an address, whose last two may be written as IPv4. */
function groupsOf(part: string): bigint[] | null {
  if (part === '') return []
  const texts = part.split(':')
  const four = texts.at(-1)?.includes('.') === true ? parseV4(texts.pop() ?? '') : undefined
  if (four === null || !texts.every((text) => GROUP.test(text))) return null
  const groups = texts.map((text) => BigInt(`0x${text}`))
  return four === undefined ? groups : [...groups, four >> GROUP_BITS, four & 0xffffn]
}
