import { spawnSync } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { cleanUp, freshFolder, hold, query, start } from './fixtures/rig.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })
afterEach(cleanUp)

describe('an ordinary life', () => {
  it('creates the database on the first start and finds the data on a later one', async () => {
    const dataDir = join(await freshFolder(), 'data')
    const first = await start({ dataDir })
    expect(first.adopted).toBe(false)
    expect(first.version).toMatch(/^18\.\d+/)
    // A group of its own: Ctrl-C in the terminal must not stop the database before Purser has drained its requests.
    expect(spawnSync('ps', ['-o', 'pgid=', '-p', String(first.pid())], { encoding: 'utf8' }).stdout.trim()).toBe(
      String(first.pid()),
    )
    await query(first.connection, 'create table kept (id int)', 'insert into kept values (7)')
    await first.stop()
    expect(() => process.kill(first.pid(), 0)).toThrow('ESRCH')

    const second = await start({ dataDir })
    expect(second.adopted).toBe(false)
    expect(await query(second.connection, 'select id from kept')).toEqual([{ id: 7 }])
    // A quiet start. (In a checkout below a root-only folder it tells that its programs are a copy.)
    expect(second.lines.filter((line) => !/runs from a copy/.test(line.message))).toEqual([])
  })

  it('keeps data safe, listens on no port, sorts the same on every host, and logs no values of rows', async () => {
    const server = await start({ dataDir: await freshFolder() })
    const settings = await query(
      server.connection,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum',
       'data_checksums', 'listen_addresses', 'max_connections', 'server_encoding') order by name`,
    )
    expect(
      Object.fromEntries((settings as { name: string; setting: string }[]).map((row) => [row.name, row.setting])),
    ).toEqual({
      autovacuum: 'on',
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      max_connections: '60',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    })
    const [locale] = await query(
      server.connection,
      `select datlocprovider, datlocale from pg_database where datname = 'purser'`,
    )
    expect(locale).toEqual({ datlocprovider: 'b', datlocale: 'C.UTF-8' })
    expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700)
    expect((await stat(server.clusterDir)).mode & 0o777).toBe(0o700)

    await query(
      server.connection,
      'create table secrets (token text primary key)',
      `insert into secrets values ('sk_1')`,
    )
    await expect(query(server.connection, `insert into secrets values ('sk_1')`)).rejects.toThrow('duplicate key')
    const log = await readFile(join(server.clusterDir, '..', 'server.log'), 'utf8')
    expect(log).toContain('duplicate key value')
    expect(log).not.toContain('sk_1')
  })

  it('works in a data folder whose path is too long for a socket, and leaves no temporary folder behind', async () => {
    const dataDir = join(await freshFolder(), "a folder, with 'odd' signs", 'long'.repeat(30))
    const server = await start({ dataDir })
    expect(server.clusterDir).toContain('long'.repeat(30))
    expect(server.connection.host.length).toBeLessThan(90)
    expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700)
    expect(await query(server.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    await server.stop()
    await expect(stat(server.connection.host)).rejects.toThrow('ENOENT')
  })
})

describe('two on one data folder', () => {
  it('refuses a second Purser in another process and names the first one', async () => {
    const dataDir = await freshFolder()
    const { ready } = await hold({ dataDir })
    await expect(start({ dataDir })).rejects.toMatchObject({
      fault: 'locked',
      message: expect.stringContaining(`Another Purser (pid ${ready?.pid}) already runs on the data folder ${dataDir}`),
    })
  })

  it('refuses a second one in the same process, and lets it in after the first has stopped', async () => {
    const dataDir = await freshFolder()
    const first = await start({ dataDir })
    await expect(start({ dataDir })).rejects.toMatchObject({ fault: 'locked' })
    expect(await query(first.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    await first.stop()
    expect((await start({ dataDir })).adopted).toBe(false)
  })

  it('lets exactly one of two simultaneous first starts win', async () => {
    const dataDir = await freshFolder()
    const outcomes = await Promise.all([hold({ dataDir }), hold({ dataDir })])
    expect(outcomes.filter(({ ready }) => ready !== undefined)).toHaveLength(1)
    expect(outcomes.flatMap(({ failed }) => failed?.fault ?? [])).toEqual(['locked'])
  })
})

describe('folders it must not touch', () => {
  it('refuses a data folder of another major version, names both, and leaves it as it is', async () => {
    const dataDir = await freshFolder()
    const server = await start({ dataDir })
    await server.stop()
    await writeFile(join(server.clusterDir, 'PG_VERSION'), '14\n')
    await expect(start({ dataDir })).rejects.toMatchObject({
      fault: 'other-major',
      message: expect.stringMatching(/PostgreSQL 14, .*PostgreSQL 18, .*Export .*import/),
    })
    expect(await readFile(join(server.clusterDir, 'PG_VERSION'), 'utf8')).toBe('14\n')
  })

  it('refuses a folder with files that are no cluster instead of clearing it', async () => {
    const dataDir = await freshFolder()
    await mkdir(join(dataDir, 'postgres', 'data'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'data', 'precious'), 'x')
    await expect(start({ dataDir })).rejects.toMatchObject({ fault: 'not-a-cluster' })
    expect(await readFile(join(dataDir, 'postgres', 'data', 'precious'), 'utf8')).toBe('x')
  })
})
