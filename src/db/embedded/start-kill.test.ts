import { spawn } from 'node:child_process'
import { readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { cleanUp, freshFolder, hold, isRoot, killHard, query, start, untilLogged } from './fixtures/rig.ts'
import { inspectProcess, lifeOf, listProcesses } from './process-table.ts'

vi.setConfig({ testTimeout: 40_000, hookTimeout: 30_000 })
afterEach(cleanUp)

/** Starts a holder with a table of one committed row. */
async function holdWithRow(dataDir: string) {
  const { child, ready } = await hold({ dataDir })
  if (ready === undefined) throw new Error('the holder was refused')
  await query(ready.connection, 'create table kept (id int)', 'insert into kept values (7)')
  return { child, ready }
}

describe('the Node process is killed', () => {
  it('adopts the server it left, with its data, and looks after it from then on', async () => {
    const dataDir = await freshFolder()
    const { child, ready } = await holdWithRow(dataDir)
    await killHard(child)

    const server = await start({ dataDir })
    expect(server.adopted).toBe(true)
    expect(server.pid()).toBe(ready.serverPid)
    expect(await query(server.connection, 'select id from kept')).toEqual([{ id: 7 }])

    process.kill(server.pid(), 'SIGKILL')
    await untilLogged(server.lines, /is back/)
    expect(server.pid()).not.toBe(ready.serverPid)
    expect(await query(server.connection, 'select id from kept')).toEqual([{ id: 7 }])
  })

  it('adopts over a long path too, where the socket is in a temporary folder, and can stop what it adopted', async () => {
    const dataDir = join(await freshFolder(), 'long'.repeat(30))
    const { child, ready } = await holdWithRow(dataDir)
    await killHard(child)
    const server = await start({ dataDir })
    expect(server.adopted).toBe(true)
    expect(server.connection).toEqual(ready.connection)
    await server.stop()
    await expect(query(ready.connection, 'select 1')).rejects.toThrow('ENOENT')
    expect(lifeOf(ready.serverPid)).toBeUndefined()
  })

  it('stops a server of the folder that runs with other settings, and starts its own', async () => {
    const dataDir = await freshFolder()
    const { child, ready } = await holdWithRow(dataDir)
    await killHard(child)
    const found = await inspectProcess(ready.serverPid)
    process.kill(ready.serverPid, 'SIGINT')
    await expect.poll(() => lifeOf(ready.serverPid), { timeout: 10_000 }).toBeUndefined()
    // The same server as a person would start it by hand for a look: no settings of ours.
    const program = found?.command.split(' ')[0] ?? ''
    const { uid, gid } = await stat(ready.clusterDir)
    const byHand = spawn(program, ['-D', ready.clusterDir, '-c', `unix_socket_directories=${ready.connection.host}`], {
      ...(isRoot ? { uid, gid } : {}),
      cwd: '/',
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => byHand.once('exit', resolve))
    await expect
      .poll(() => query(ready.connection, 'select id from kept').catch(() => []), { timeout: 10_000 })
      .toEqual([{ id: 7 }])

    const server = await start({ dataDir })
    expect(await ended).toBe(0)
    expect(server.adopted).toBe(false)
    expect(await query(server.connection, 'show max_connections')).toEqual([{ max_connections: '60' }])
  })
})

describe('the database server is killed', () => {
  it('restarts it by itself on the same address, and committed rows are there', async () => {
    const server = await start({ dataDir: await freshFolder() })
    await query(server.connection, 'create table kept (id int)', 'insert into kept values (7)')
    const before = server.pid()
    process.kill(before, 'SIGKILL')
    await untilLogged(server.lines, /is back/)
    expect(server.pid()).not.toBe(before)
    expect(await query(server.connection, 'select id from kept')).toEqual([{ id: 7 }])
  })

  it('ends a child that is too busy to notice, which would block the restart for ever', async () => {
    const server = await start({ dataDir: await freshFolder() })
    const busy = new pg.Client(server.connection)
    busy.on('error', () => undefined)
    await busy.connect()
    const endless = busy.query('do $$ begin loop end loop; end $$').catch((error: Error) => error.message)
    await expect
      .poll(() =>
        query(server.connection, `select 1 from pg_stat_activity where query like 'do %' and state = 'active'`),
      )
      .toHaveLength(1)
    process.kill(server.pid(), 'SIGKILL')
    await untilLogged(server.lines, /is back/)
    expect(server.lines.some((line) => /Ended 1 left-over process/.test(line.message))).toBe(true)
    expect(await endless).toMatch(/terminated|ECONNRESET/)
  })

  it('tells the caller once when restarts do not help, and can still be stopped', async () => {
    const onFailure = vi.fn()
    const server = await start({ dataDir: await freshFolder(), onFailure }, { restartDelaysMs: [0, 10] })
    const control = join(server.clusterDir, 'global', 'pg_control')
    await rename(control, `${control}.away`)
    process.kill(server.pid(), 'SIGKILL')
    await untilLogged(server.lines, /gave up after 3 tries/)
    expect(onFailure).toHaveBeenCalledOnce()
    expect(onFailure.mock.calls[0]?.[0]).toMatchObject({
      fault: 'gave-up',
      message: expect.stringContaining('pg_control'),
    })
    await server.stop()
  })

  it('gives up a restart under way when it is told to stop', async () => {
    const server = await start({ dataDir: await freshFolder() }, { restartDelaysMs: [60_000] })
    const control = join(server.clusterDir, 'global', 'pg_control')
    await rename(control, `${control}.away`)
    process.kill(server.pid(), 'SIGKILL')
    await untilLogged(server.lines, /The restart failed/)
    await server.stop()
    expect(server.lines.some((line) => /is back/.test(line.message))).toBe(false)
  })
})

describe('both are killed', () => {
  it('starts again and has the committed rows', async () => {
    const dataDir = await freshFolder()
    const { child, ready } = await holdWithRow(dataDir)
    await killHard(child)
    process.kill(ready.serverPid, 'SIGKILL')
    const server = await start({ dataDir })
    expect(server.adopted).toBe(false)
    expect(await query(server.connection, 'select id from kept')).toEqual([{ id: 7 }])
  })

  it('starts when the pid in a left lock file belongs to another program by now, or the file is empty', async () => {
    const dataDir = await freshFolder()
    const first = await start({ dataDir })
    await first.stop()
    const pidFile = join(first.clusterDir, 'postmaster.pid')
    // This very test process, and one of the server's own user: alive, and no server.
    const { uid, gid } = await stat(first.clusterDir)
    const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid } : {})
    const leftBy = (pid: number | undefined) => `${pid}\n${first.clusterDir}\n1\n5432\n/tmp\n\n\nready\n`
    await writeFile(pidFile, leftBy(process.pid))
    await writeFile(join(first.connection.host, '.s.PGSQL.5432.lock'), leftBy(stranger.pid))
    const second = await start({ dataDir })
    expect(second.adopted).toBe(false)
    stranger.kill('SIGKILL')
    await second.stop()
    await writeFile(pidFile, '')
    const third = await start({ dataDir })
    expect(await query(third.connection, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('killed while the database is created', () => {
  it('heals at the next start', async () => {
    const dataDir = await freshFolder()
    const home = join(dataDir, 'postgres')
    const refused = hold({ dataDir }).catch((error: Error) => error.message)
    // The first files of the new cluster are there, initdb is in the middle of its work.
    const drafted = async () => {
      const draft = (await readdir(home).catch(() => [])).find((name) => name.startsWith('data.new-'))
      return draft !== undefined && (await readdir(join(home, draft))).includes('PG_VERSION')
    }
    await expect.poll(drafted, { interval: 5, timeout: 10_000 }).toBe(true)
    for (const { pid, command } of await listProcesses()) {
      if (pid !== process.pid && command.includes(dataDir)) process.kill(pid, 'SIGKILL')
    }
    expect(await refused).toBe('the holding process ended without a word')
    expect(await readdir(home)).not.toContain('data')

    const server = await start({ dataDir })
    expect(await query(server.connection, 'select 1 as one')).toEqual([{ one: 1 }])
    expect((await readdir(home)).filter((name) => name.startsWith('data.new-'))).toEqual([])
  })
})
