import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Environment, ReadTextFile } from './given-setting.ts'
import { readSettings, type SettingsReading, withGenerated } from './read-settings.ts'
import type { Settings } from './schema.ts'
import type { SettingFault } from './setting-fault.ts'
import { formatFaults } from './setting-fault.ts'

const noFiles: ReadTextFile = () => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
}

function accepted(env: Environment, readFile = noFiles): SettingsReading {
  const result = readSettings(env, readFile)
  if (!result.ok) throw new Error(formatFaults(result.faults))
  return result.reading
}

function refused(env: Environment, readFile = noFiles): readonly SettingFault[] {
  const result = readSettings(env, readFile)
  if (result.ok) throw new Error('expected faults')
  return result.faults
}

const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
const jwks = 'https://id.example.com/.well-known/jwks.json'

describe('an empty environment', () => {
  it('gives the documented defaults with the admin API and user sign-in closed', () => {
    const { settings, origins, warnings } = accepted({})
    expect(settings).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      dataDir: './data',
      databaseUrl: undefined,
      databasePoolSize: 8,
      databaseGroupMax: 128,
      databaseNamedStatements: true,
      adminSecrets: [],
      identityJwksUrl: undefined,
      identityPublicKey: undefined,
      trustProxy: false,
      maxBodyBytes: 1_048_576,
      maxAdjust: 100_000,
      logLevel: 'info',
      logFormat: 'auto',
    })
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']))
    expect(warnings).toEqual([])
  })

  it('infers the types of the settings from the schema', () => {
    expectTypeOf<Settings['port']>().toEqualTypeOf<number>()
    expectTypeOf<Settings['publicUrl']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Settings['host']>().toEqualTypeOf<string>()
    expectTypeOf<Settings['adminSecrets']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<Settings['trustProxy']>().toEqualTypeOf<number | false>()
    expectTypeOf<Settings['logFormat']>().toEqualTypeOf<'auto' | 'json' | 'pretty'>()
    expectTypeOf<Settings['databaseNamedStatements']>().toEqualTypeOf<boolean>()
  })
})

describe('values', () => {
  it('counts blank variables as absent', () => {
    const { settings, origins } = accepted({ PURSER_PORT: '  ', PURSER_ADMIN_SECRET: '', DATABASE_URL_FILE: '' })
    expect([settings.port, settings.adminSecrets, origins.port]).toEqual([8080, [], 'default'])
  })

  it('reads several admin secrets once each, separated by commas', () => {
    const { settings } = accepted({ PURSER_ADMIN_SECRET: ' first-secret-0000, second-secret-000 ,first-secret-0000,' })
    expect(settings.adminSecrets).toEqual(['first-secret-0000', 'second-secret-000'])
  })

  it('accepts a public key whose line breaks are written as \\n and refuses private and weak keys', () => {
    const oneLine = String(publicKey).replaceAll('\n', '\\n')
    expect(accepted({ PURSER_IDENTITY_PUBLIC_KEY: oneLine }).settings.identityPublicKey).toBe(publicKey)
    const pair = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const weak = String(pair.publicKey.export({ type: 'spki', format: 'pem' }))
    const secret = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(refused({ PURSER_IDENTITY_PUBLIC_KEY: weak })[0]?.problem).toContain('1024 bits')
    expect(refused({ PURSER_IDENTITY_PUBLIC_KEY: secret })[0]?.problem).toContain('private key')
  })

  it.each([
    ['PURSER_PORT', '65536'],
    ['PURSER_PORT', '80.5'],
    ['PURSER_PORT', '0x50'],
    ['PURSER_HOST', 'a b'],
    ['PURSER_PUBLIC_URL', 'purser.example.com'],
    ['PURSER_PUBLIC_URL', 'https://purser.example.com/?a=1'],
    ['PURSER_PUBLIC_URL', 'https://name:word@purser.example.com'],
    ['PURSER_TRUST_PROXY', 'true'],
    ['PURSER_TRUST_PROXY', '11'],
    ['PURSER_LOG_LEVEL', 'loud'],
    ['PURSER_DATABASE_NAMED_STATEMENTS', 'maybe'],
    ['PURSER_DATABASE_STATEMENT_TIMEOUT_MS', '0'],
    ['PURSER_MAX_ADJUST', '2000000001'],
    ['PURSER_RATE_FAILED_AUTH', '0'],
    ['DATABASE_URL', 'mysql://host/purser'],
    ['REDIS_URL', 'http://host:6379'],
    ['REDIS_URL', 'redis://'],
    ['REDIS_URL', 'redis://u:pass#word@host:6379'],
    ['REDIS_URL', 'redis://u:50%@host:6379'],
    ['REDIS_URL', 'redis://host:6379/purser'],
    ['REDIS_URL', 'redis://host:6379?tls=true'],
    ['PURSER_REDIS_PREFIX', 'two words'],
    ['DATABASE_URL', 'postgresql://u:pass#word@host/purser'],
    ['PURSER_ADMIN_SECRET', 'fifteen-letters'],
    ['PURSER_ADMIN_SECRET', 'long enough but with spaces'],
    ['PURSER_ADMIN_SECRET', ','],
    ['PURSER_IDENTITY_JWKS_URL', 'http://id.example.com/jwks'],
    ['PURSER_IDENTITY_PUBLIC_KEY', 'not a key'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(refused({ [name]: value }).map((fault) => fault.name)).toEqual([name])
  })

  it.each(['redis://cache:6379', 'rediss://name:p%23ss@cache.example.com:6380/2'])('takes %s as a Redis', (url) => {
    expect(accepted({ REDIS_URL: url }).settings.redisUrl).toBe(url)
    expect(accepted({ REDIS_URL_FILE: '/run/redis' }, () => `${url}\n`).settings.redisUrl).toBe(url)
  })

  it('takes a plain http key set on this machine only', () => {
    const local = 'http://127.0.0.1:4000/jwks'
    expect(accepted({ PURSER_IDENTITY_JWKS_URL: local }).settings.identityJwksUrl).toBe(local)
  })

  it('drops the closing slash of the public address, so that paths can be appended', () => {
    expect(accepted({ PURSER_PUBLIC_URL: 'https://p.example.com/' }).settings.publicUrl).toBe('https://p.example.com')
  })

  it('reads proxies as a number, and 0 or off as none', () => {
    expect(accepted({ PURSER_TRUST_PROXY: '2' }).settings.trustProxy).toBe(2)
    expect(accepted({ PURSER_TRUST_PROXY: '0' }).settings.trustProxy).toBe(false)
  })
})

describe('faults', () => {
  it('are all reported together, each with its expected shape and its repair', () => {
    const faults = refused({
      PURSER_PORT: 'eighty',
      PURSER_LOG_FORMAT: 'xml',
      PURSER_ADMIN_SECRET: 'short',
      PURSER_IDENTITY_ISSUER: 'https://id.example.com',
    })
    expect(faults.map((fault) => fault.name)).toEqual([
      'PURSER_PORT',
      'PURSER_ADMIN_SECRET',
      'PURSER_LOG_FORMAT',
      'PURSER_IDENTITY_ISSUER',
    ])
    expect(faults[0]).toEqual({
      name: 'PURSER_PORT',
      problem: 'the value is "eighty"',
      expected: 'a whole number from 1 to 65535',
      fix: 'Correct PURSER_PORT, or remove it to use the default, 8080.',
    })
    expect(formatFaults(faults)).toContain('4 settings are wrong:')
  })

  it('never hold the value of a secret, an address or a key, whatever is wrong with it', () => {
    const names = ['PURSER_ADMIN_SECRET', 'DATABASE_URL', 'PURSER_IDENTITY_JWKS_URL', 'PURSER_IDENTITY_PUBLIC_KEY']
    const ends = fc.constantFrom('', ' ', ',', '\u00e9', '#', '://', '\n')
    fc.assert(
      fc.property(fc.constantFrom(...names), ends, ends, (name, before, after) => {
        const result = readSettings({ [name]: `${before}Zq7vXw${after}` }, noFiles)
        expect(JSON.stringify(result)).not.toContain('Zq7vXw')
      }),
    )
  })

  it('quote only the beginning of a long plain value', () => {
    expect(refused({ PURSER_PORT: '9'.repeat(500) })[0]?.problem.length).toBeLessThan(80)
  })
})

describe('rules between settings', () => {
  it('refuse two key sources, also when one is a file', () => {
    const files = (): string => String(publicKey)
    const faults = refused({ PURSER_IDENTITY_JWKS_URL: jwks, PURSER_IDENTITY_PUBLIC_KEY_FILE: '/run/key' }, files)
    expect(faults.map((fault) => fault.name)).toEqual(['PURSER_IDENTITY_JWKS_URL'])
  })

  it.each(['PURSER_IDENTITY_ISSUER', 'PURSER_IDENTITY_AUDIENCE'])('refuse %s without a key source', (name) => {
    expect(refused({ [name]: 'purser' }).map((fault) => fault.name)).toEqual([name])
    expect(accepted({ [name]: 'purser', PURSER_IDENTITY_JWKS_URL: jwks }).settings.identityJwksUrl).toBe(jwks)
  })

  it('refuse a given lock timeout above the statement timeout, but not the default one', () => {
    const names = refused({ PURSER_DATABASE_LOCK_TIMEOUT_MS: '15001' }).map((fault) => fault.name)
    expect(names).toEqual(['PURSER_DATABASE_LOCK_TIMEOUT_MS'])
    expect(accepted({ PURSER_DATABASE_STATEMENT_TIMEOUT_MS: '1000' }).settings.databaseLockTimeoutMs).toBe(5000)
  })
})

describe('secrets from files', () => {
  it('are read without the line break at their end, and one secret a line', () => {
    const files = (path: string): string => (path === '/run/admin' ? 'one-secret-000000\ntwo-secret-000000\r\n' : '')
    const { settings, origins } = accepted({ PURSER_ADMIN_SECRET_FILE: '/run/admin' }, files)
    expect(settings.adminSecrets).toEqual(['one-secret-000000', 'two-secret-000000'])
    expect(origins.adminSecrets).toBe('file')
  })

  it('refuse a variable and a file for the same setting', () => {
    const faults = refused({ DATABASE_URL: 'postgresql://h/d', DATABASE_URL_FILE: '/run/db' }, () => 'postgresql://h/d')
    expect(faults[0]).toMatchObject({ name: 'DATABASE_URL', problem: expect.stringContaining('DATABASE_URL_FILE') })
  })

  it('refuse an unreadable file with the reason, without repeating the path', () => {
    const faults = refused({ DATABASE_URL_FILE: 'postgresql://u:hidden@h/d' })
    expect(faults[0]).toMatchObject({ name: 'DATABASE_URL_FILE', problem: 'the file cannot be read (ENOENT)' })
    expect(JSON.stringify(faults)).not.toContain('hidden')
  })

  it.each([
    ['an empty file', ' \n', 'empty'],
    ['a huge file', 'x'.repeat(70_000), 'larger'],
  ])('refuse %s', (_name, content, problem) => {
    expect(refused({ DATABASE_URL_FILE: '/run/db' }, () => content)[0]?.problem).toContain(problem)
  })
})

describe('unknown names', () => {
  it('are warned about with a guess, and keep nothing from starting', () => {
    const { warnings } = accepted({ PURSER_PROT: '1', PURSER_DATABASE_URL: 'x', PURSER_PORT_FILE: 'x', HOME: '/root' })
    expect(warnings.map((warning) => [warning.name, warning.guess])).toEqual([
      ['PURSER_DATABASE_URL', 'DATABASE_URL'],
      ['PURSER_PORT_FILE', 'PURSER_PORT'],
      ['PURSER_PROT', 'PURSER_PORT'],
    ])
  })

  it('are reported beside faults as well', () => {
    const result = readSettings({ PURSER_PORT: 'x', PURSER_LOGLEVEL: 'info' }, noFiles)
    expect(result.ok ? [] : result.warnings.map((warning) => warning.guess)).toEqual(['PURSER_LOG_LEVEL'])
  })
})

describe('generated values', () => {
  it('fill what nobody gave and never replace what an operator gave', () => {
    const generated = { adminSecrets: ['generated-secret-0'], port: 9000 }
    const reading = withGenerated(accepted({ PURSER_PORT: '8081' }), generated)
    expect([reading.settings.adminSecrets, reading.origins.adminSecrets]).toEqual([['generated-secret-0'], 'generated'])
    expect([reading.settings.port, reading.origins.port]).toEqual([8081, 'environment'])
  })
})
