import { describe, expect, it } from 'vitest'
import { parseVersion } from './binaries.ts'
import { parseLinks } from './binary-links.ts'
import { newestFirst } from './binary-places.ts'

describe('finding the server programs', () => {
  it.each([
    ['postgres (PostgreSQL) 18.4\n', { version: '18.4', major: 18 }],
    ['postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n', { version: '15.14', major: 15 }],
    ['postgres (PostgreSQL) 19beta1\n', { version: '19beta1', major: 19 }],
    ['node 24\n', undefined],
  ])('reads the version out of %j', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected)
  })

  it('tries newer system versions before older ones, by number', () => {
    expect(newestFirst(['9', '15', 'current', '17'], /^(\d+)$/)).toEqual(['17', '15', '9'])
    expect(newestFirst(['postgresql16', 'git-core'], /^postgresql(\d+)$/)).toEqual(['postgresql16'])
  })

  it('makes no symlink that leads out of the package', () => {
    const links = [
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
      { source: 'native/lib/x', target: '../../home/x' },
      { source: '/etc/passwd', target: 'native/lib/y' },
      { source: 1 },
    ]
    expect(parseLinks(JSON.stringify(links))).toEqual([{ at: 'lib/libpq.so.5', to: 'lib/libpq.so.5.18' }])
    expect(parseLinks('{}')).toEqual([])
  })
})
