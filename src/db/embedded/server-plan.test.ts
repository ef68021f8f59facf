import { describe, expect, it } from 'vitest'
import { isPassingObstacle } from './bring-up.ts'
import { initdbArguments } from './cluster.ts'
import { meaningOfRefusal } from './ready.ts'
import { clusterNameFor, serverArguments } from './server-plan.ts'
import { fitsSocket } from './socket-folder.ts'

describe('how the server is started', () => {
  const where = {
    clusterDir: '/d/postgres/data',
    clusterName: 'purser-x',
    socketDir: '/a, "b"',
    platform: 'linux',
    memoryBytes: 24 * 1_073_741_824,
  } as const

  it('never without durability, never on a port, and with a socket folder of any name', () => {
    const args = serverArguments(where)
    expect(args.slice(0, 2)).toEqual(['-D', '/d/postgres/data'])
    for (const setting of ['fsync=on', 'full_page_writes=on', 'synchronous_commit=on', 'listen_addresses=']) {
      expect(args).toContain(setting)
    }
    expect(args).toContain('unix_socket_directories="/a, ""b"""')
  })

  it('with the check for vanished clients only where every system has it', () => {
    expect(serverArguments(where)).toContain('client_connection_check_interval=5s')
    expect(serverArguments({ ...where, platform: 'darwin' }).join(' ')).not.toContain('client_connection')
  })

  it.each([
    [1, 128],
    [8, 512],
    [24, 1_024],
  ])('with memory for pages by what there is: of %i GB it may take %i MB', (gigabytes, megabytes) => {
    const args = serverArguments({ ...where, memoryBytes: gigabytes * 1_073_741_824 })
    expect(args).toContain(`shared_buffers=${megabytes}MB`)
  })

  it('with a name that fits PostgreSQL (63 bytes) and differs per cluster', () => {
    expect(clusterNameFor('/a')).toMatch(/^purser-[0-9a-f]{16}$/)
    expect(clusterNameFor('/a')).not.toBe(clusterNameFor('/b'))
  })

  it('on a database whose text order does not depend on the host', () => {
    expect(initdbArguments(18, 'darwin', '/x')).toContain('--builtin-locale=C.UTF-8')
    expect(initdbArguments(17, 'linux', '/x')).toContain('--locale-provider=builtin')
    expect(initdbArguments(16, 'linux', '/x')).toContain('--locale=C.UTF-8')
    expect(initdbArguments(15, 'darwin', '/x')).toContain('--locale=C')
    for (const major of [15, 18]) expect(initdbArguments(major, 'linux', '/x')).toContain('--data-checksums')
  })

  it('in a socket folder that the system can address', () => {
    const socketName = '/.s.PGSQL.5432'.length
    expect(fitsSocket(`/${'x'.repeat(106 - socketName)}`, 'linux')).toBe(true)
    expect(fitsSocket(`/${'x'.repeat(107 - socketName)}`, 'linux')).toBe(false)
    expect(fitsSocket(`/${'é'.repeat(50)}`, 'linux')).toBe(false)
    expect(fitsSocket(`/${'x'.repeat(103 - socketName)}`, 'darwin')).toBe(false)
  })
})

describe('what an answer of the server means', () => {
  it.each([
    ['ENOENT', 'silent'],
    ['ECONNREFUSED', 'silent'],
    ['ECONNRESET', 'silent'],
    ['EPIPE', 'silent'],
    [undefined, 'silent'],
    ['57P03', 'starting'],
    ['53300', 'up'],
    ['28000', 'hopeless'],
    ['3D000', 'hopeless'],
    ['57P01', 'silent'],
  ] as const)('a connection refused with %s: %s', (code, meaning) => {
    expect(meaningOfRefusal(code)).toBe(meaning)
  })

  it('waits for remains of a killed server, and for nothing else', () => {
    expect(isPassingObstacle('FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use')).toBe(true)
    expect(isPassingObstacle('FATAL:  lock file "postmaster.pid" already exists')).toBe(true)
    expect(isPassingObstacle('FATAL:  could not open file "global/pg_control": No such file or directory')).toBe(false)
  })
})
