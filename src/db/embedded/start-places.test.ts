import { spawnSync } from 'node:child_process'
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { portableCheckout } from './fixtures/portable-checkout.ts'
import { cleanUp, freshFolder, hold, isRoot, killHard, query, start, unlinkedPackage } from './fixtures/rig.ts'
import { parsePasswd, type ServerUser } from './server-user.ts'

vi.setConfig({ testTimeout: 40_000, hookTimeout: 30_000 })
afterEach(cleanUp)

const accounts = parsePasswd(await readFile('/etc/passwd', 'utf8'))
/** An ordinary user: as root one that owns nothing, else whoever runs the tests. */
const ordinary: ServerUser | undefined = isRoot ? accounts.find((account) => account.name === 'nobody') : undefined

describe('who the server runs as', () => {
  it.runIf(isRoot)(
    `as root: an unprivileged user, in a folder that belongs to root${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const dataDir = await freshFolder()
      const server = await start({ dataDir })
      expect((await stat(`/proc/${server.pid()}`)).uid).not.toBe(0)
      expect((await stat(server.clusterDir)).uid).not.toBe(0)
      expect(await lstat(join(dataDir, 'postgres'))).toMatchObject({ uid: 0 })
      expect((await stat(join(dataDir, 'postgres'))).mode & 0o777).toBe(0o710)
    },
  )

  it('as an ordinary user: that user, also when the package is not theirs and lacks its symlinks', async () => {
    const checkout = await portableCheckout(ordinary, await freshFolder())
    const packageFolder = await freshFolder()
    const binDir = await unlinkedPackage(packageFolder)
    if (!isRoot) spawnSync('chmod', ['-R', 'a-w', packageFolder])
    const dataDir = await freshFolder(0o700, ordinary)
    const { ready, lines, child } = await hold({ dataDir, binDir }, { user: ordinary, ...checkout })
    expect(ready?.clusterDir).toBe(join(dataDir, 'postgres', 'data'))
    expect((await stat(ready?.clusterDir ?? '')).uid).toBe(ordinary?.uid ?? process.getuid?.())
    expect(lines.map((line) => line.message)).toContainEqual(expect.stringContaining(`from a copy in ${dataDir}`))
    await killHard(child)
    const next = await hold({ dataDir, binDir }, { user: ordinary, ...checkout })
    if (!isRoot) spawnSync('chmod', ['-R', 'u+w', packageFolder])
    expect(next.ready?.adopted).toBe(true)
  })

  it.runIf(isRoot)(
    `root and the owner of the data folder can take turns${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const checkout = await portableCheckout(ordinary, await freshFolder())
      const dataDir = await freshFolder(0o700, ordinary)
      const byRoot = await start({ dataDir })
      await query(byRoot.connection, 'create table kept (id int)')
      await byRoot.stop()
      const { ready, failed, child } = await hold({ dataDir }, { user: ordinary, ...checkout })
      expect(failed).toBeUndefined()
      expect(ready?.adopted).toBe(false)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.stdin?.end()
      expect(await ended).toBe(0)
      const again = await start({ dataDir })
      expect(await query(again.connection, 'select id from kept')).toEqual([])
    },
  )
})

it.runIf(isRoot)(
  `a user id without a name is told what to do, because initdb would not say${isRoot ? '' : ' (left out because it needs root)'}`,
  async () => {
    const nameless = { name: 'nameless', uid: 54_321, gid: 54_321 }
    const checkout = await portableCheckout(nameless, await freshFolder())
    const { failed } = await hold({ dataDir: await freshFolder(0o755, nameless) }, { user: nameless, ...checkout })
    expect(failed).toEqual({ event: 'failed', fault: 'no-passwd-entry', message: expect.stringContaining('54321') })
  },
)

describe('a data folder that only root may enter', () => {
  const inRootsFolder = async () => {
    const dataDir = join(await freshFolder(0o700), 'data')
    await mkdir(dataDir)
    return { dataDir, systemDir: join(await freshFolder(), 'system') }
  }

  it.runIf(isRoot)(
    `keeps the cluster in the system folder, says so, and finds it again${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const { dataDir, systemDir } = await inRootsFolder()
      const first = await start({ dataDir }, { systemDir })
      expect(first.clusterDir).toMatch(new RegExp(`^${systemDir}/[0-9a-f]{16}/data$`))
      expect(first.lines).toContainEqual({
        level: 'warn',
        message: expect.stringContaining(`is kept in ${systemDir}/`),
      })
      expect(await readdir(dataDir)).toEqual(['postgres.location.json'])
      expect(await readFile(join(dataDir, 'postgres.location.json'), 'utf8')).toContain(join(first.clusterDir, '..'))
      await query(first.connection, 'create table kept (id int)')
      await first.stop()

      const second = await start({ dataDir }, { systemDir })
      expect(await query(second.connection, 'select id from kept')).toEqual([])
      expect(second.lines.filter((line) => line.level === 'warn')).toEqual([])
    },
  )

  it.runIf(isRoot)(
    `refuses instead of starting empty when that place is gone (a new container)${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const { dataDir, systemDir } = await inRootsFolder()
      await (await start({ dataDir }, { systemDir })).stop()
      await rm(systemDir, { recursive: true })
      await expect(start({ dataDir }, { systemDir })).rejects.toMatchObject({ fault: 'cluster-missing' })
    },
  )

  it.runIf(isRoot)(
    `starts empty when the data folder was deleted, and keeps the old cluster${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const { dataDir, systemDir } = await inRootsFolder()
      const first = await start({ dataDir }, { systemDir })
      await first.stop()
      await rm(dataDir, { recursive: true })
      const second = await start({ dataDir }, { systemDir })
      expect(second.clusterDir).not.toBe(first.clusterDir)
      expect(await readdir(systemDir)).toHaveLength(2)
    },
  )

  it.runIf(isRoot)(
    `refuses a copy of the data folder, which would share one database; a moved one is fine${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const { dataDir, systemDir } = await inRootsFolder()
      await (await start({ dataDir }, { systemDir })).stop()
      const copy = `${dataDir}-copy`
      await cp(dataDir, copy, { recursive: true })
      await expect(start({ dataDir: copy }, { systemDir })).rejects.toMatchObject({ fault: 'copied-folder' })
      await rm(dataDir, { recursive: true })
      const moved = await start({ dataDir: copy }, { systemDir })
      expect(moved.clusterDir.startsWith(systemDir)).toBe(true)
    },
  )
})

describe('the npm package', () => {
  it('gets its missing symlinks made in place', async () => {
    const binDir = await unlinkedPackage(await freshFolder())
    const server = await start({ dataDir: await freshFolder(), binDir })
    expect((await lstat(join(binDir, '..', 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true)
    expect(server.lines.filter((line) => /copy/.test(line.message))).toEqual([])
  })

  it.runIf(isRoot)(
    `is copied when it lies below a folder that only root may enter${isRoot ? '' : ' (left out because it needs root)'}`,
    async () => {
      const binDir = await unlinkedPackage(await freshFolder(0o700))
      const dataDir = await freshFolder()
      const first = await start({ dataDir, binDir })
      expect(first.lines).toContainEqual({
        level: 'info',
        message: expect.stringContaining(`copy in ${dataDir}/postgres/`),
      })
      await first.stop()
      // Another build of the package replaces the copy instead of adding one.
      await chmod(join(binDir, 'postgres'), 0o755)
      await cp(join(binDir, 'postgres'), join(binDir, 'other'))
      await rm(join(binDir, 'postgres'))
      await cp(join(binDir, 'other'), join(binDir, 'postgres'))
      const second = await start({ dataDir, binDir })
      expect(await query(second.connection, 'select 1 as one')).toEqual([{ one: 1 }])
      expect(await readdir(join(dataDir, 'postgres', 'binaries'))).toHaveLength(1)
    },
  )
})
