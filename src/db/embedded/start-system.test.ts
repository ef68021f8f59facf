import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newestFirst } from './binary-places.ts'
import { cleanUp, freshFolder, hold, killHard, query, start } from './fixtures/rig.ts'

vi.setConfig({ testTimeout: 40_000, hookTimeout: 30_000 })
afterEach(cleanUp)

const debian = '/usr/lib/postgresql'
const major = newestFirst(await readdir(debian).catch(() => []), /^(\d+)$/).find((name) => Number(name) >= 15)
const binDir = join(debian, major ?? '0', 'bin')

describe(`a system's own PostgreSQL`, () => {
  it.skipIf(major === undefined)(
    `runs in the same way: first start, adoption after a kill, later start${major ? '' : ' (left out because Debian has no PostgreSQL 15 or newer here)'}`,
    async () => {
      const dataDir = await freshFolder()
      const { child, ready } = await hold({ dataDir, binDir })
      expect(ready?.version.split('.')[0]).toBe(major)
      if (ready === undefined) return
      await query(ready.connection, 'create table kept (id int)', 'insert into kept values (7)')
      await killHard(child)
      const server = await start({ dataDir, binDir })
      expect(server.adopted).toBe(true)
      expect(await query(server.connection, 'show data_checksums')).toEqual([{ data_checksums: 'on' }])
      await server.stop()
      expect(await query((await start({ dataDir, binDir })).connection, 'select id from kept')).toEqual([{ id: 7 }])
    },
  )

  it.skipIf(major === undefined || major === '18')(
    `has data folders that the package's major refuses, and the other way round${major ? '' : ' (left out because Debian has no PostgreSQL 15 or newer here)'}`,
    async () => {
      const older = await freshFolder()
      await (await start({ dataDir: older, binDir })).stop()
      await expect(start({ dataDir: older })).rejects.toMatchObject({
        fault: 'other-major',
        message: expect.stringMatching(new RegExp(`PostgreSQL ${major}, .*PostgreSQL 18`)),
      })
      const newer = await freshFolder()
      await (await start({ dataDir: newer })).stop()
      await expect(start({ dataDir: newer, binDir })).rejects.toMatchObject({ fault: 'other-major' })
    },
  )

  it('a folder without the programs is refused with a way out', async () => {
    const empty = await freshFolder()
    await expect(start({ dataDir: await freshFolder(), binDir: empty })).rejects.toMatchObject({
      fault: 'no-binaries',
      message: expect.stringMatching(/has no postgres.*DATABASE_URL/),
    })
  })

  it('a path that initdb would give to a shell in pieces is refused with the reason', async () => {
    const odd = join(await freshFolder(), 'a "quoted" name')
    await mkdir(odd)
    for (const program of ['postgres', 'initdb']) await writeFile(join(odd, program), '')
    await expect(start({ dataDir: await freshFolder(), binDir: odd })).rejects.toMatchObject({
      fault: 'no-binaries',
      message: expect.stringContaining('initdb cannot cope with'),
    })
  })
})
