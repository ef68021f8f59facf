import { describe, expect, it, test } from 'vitest'
import { type AllowedHosts, NO_HOSTS, parseAllowedHosts, parseDestination, refuseAddresses } from './destination.ts'

function allowing(text: string): AllowedHosts {
  const parsed = parseAllowedHosts(text)
  if (!parsed.ok) throw new Error(parsed.refusal)
  return parsed.value
}

/** Whether a request may go out when the name of the URL leads to these addresses. */
function isSent(text: string, addresses: string[], allowed = NO_HOSTS): boolean {
  const destination = parseDestination(text, allowed)
  return destination.ok && refuseAddresses(destination.value, addresses, allowed) === null
}

const CLOSED = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.168.255.255',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '0:0:0:0:0:ffff:10.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:10::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '127.1',
  '0177.0.0.1',
  '2130706433',
  'nonsense',
  '',
]
const OPEN = ['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255']
const OPEN_TOO = ['128.0.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.167.255.255', '192.169.0.0']
const OPEN_V6 = ['2001:200::1', '2600:1f00::1', '2a00:1450:4001:81a::200e', '::ffff:8.8.8.8']

describe('addresses behind a name', () => {
  test.each(CLOSED)('%s is never sent to', (address) => {
    expect(isSent('https://hooks.example.com/', [address])).toBe(false)
    expect(isSent('https://hooks.example.com/', ['8.8.8.8', address])).toBe(false)
  })

  test.each([...OPEN, ...OPEN_TOO, ...OPEN_V6])('%s is public', (address) => {
    expect(isSent('https://hooks.example.com/', [address])).toBe(true)
  })

  it('needs at least one', () => expect(isSent('https://hooks.example.com/', [])).toBe(false))
})

describe('URLs', () => {
  const refused = [
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'hooks.example.com',
    '//hooks.example.com',
    'https://',
    '',
    'https://user@hooks.example.com/',
    'https://user:pass@hooks.example.com/',
    'https://:pass@hooks.example.com/',
    'https://hooks.example.com:0/',
    'https://hooks.example.com:65536/',
    'https://127.0.0.1/',
    'https://127.0.0.1./',
    'https://127.1/',
    'https://127.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://%31%32%37.0.0.1/',
    'https://１２７.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[0:0:0:0:0:ffff:169.254.169.254]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    `https://hooks.example.com/${'x'.repeat(2_048)}`,
  ]
  test.each(refused)('%s is refused', (url) => expect(parseDestination(url, NO_HOSTS).ok).toBe(false))

  const taken = [
    ['https://hooks.example.com', 'hooks.example.com'],
    ['https://HOOKS.example.com.:8443/a?b=c', 'hooks.example.com'],
    ['https://8.8.8.8/', '8.8.8.8'],
    ['https://[2600:1f00::1]:444/', '2600:1f00::1'],
  ]
  test.each(taken)('%s is taken', (url, host) => {
    expect(parseDestination(url, NO_HOSTS)).toMatchObject({ ok: true, value: { host } })
  })
})

describe('the allow-list', () => {
  it('lets a name be reached wherever it leads, also without TLS, and no other name', () => {
    const allowed = allowing('Receiver.internal., other')
    expect(isSent('http://receiver.internal:3000/', ['10.0.0.7'], allowed)).toBe(true)
    expect(isSent('https://receiver.internal./', ['::1'], allowed)).toBe(true)
    expect(isSent('http://sub.receiver.internal/', ['10.0.0.7'], allowed)).toBe(false)
    expect(isSent('https://else.internal/', ['10.0.0.7'], allowed)).toBe(false)
  })

  it('lets a block of addresses be reached, and not one address beyond it', () => {
    const allowed = allowing('10.1.0.0/16,fd12::/16,[::1]')
    expect(isSent('http://anything.example/', ['10.1.2.3'], allowed)).toBe(true)
    expect(isSent('http://10.1.2.3/', ['10.1.2.3'], allowed)).toBe(true)
    expect(isSent('https://anything.example/', ['::ffff:10.1.2.3'], allowed)).toBe(true)
    expect(isSent('https://anything.example/', ['::1'], allowed)).toBe(true)
    expect(isSent('https://anything.example/', ['10.2.0.0'], allowed)).toBe(false)
    expect(isSent('https://anything.example/', ['10.1.2.3', '10.2.0.0'], allowed)).toBe(false)
  })

  it('does not allow plain HTTP to the public internet because of a block', () => {
    expect(isSent('http://anything.example/', ['8.8.8.8'], allowing('10.0.0.0/8'))).toBe(false)
    expect(isSent('http://anything.example/', ['8.8.8.8', '10.0.0.1'], allowing('10.0.0.0/8'))).toBe(false)
  })

  const wrong = [
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0/8',
    '::1/129',
    '::ffff:10.0.0.0/104',
    'http://a',
    'a b',
    '*.example',
    '1.2.3',
    '0x7f000001',
  ]
  test.each(wrong)('%s is no entry of it', (entry) => {
    expect(parseAllowedHosts(`good.example, ${entry}`)).toEqual({ ok: false, refusal: entry })
  })
})
