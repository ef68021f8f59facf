import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeLock } from './lock.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'purser-lock-'))
})
afterEach(() => rm(home, { recursive: true }))

describe('the lock of a data folder', () => {
  it('is held once, names its holder, and is free again after its release', async () => {
    const release = await takeLock(home, '/data')
    await expect(takeLock(home, '/data')).rejects.toMatchObject({
      fault: 'locked',
      message: expect.stringMatching(new RegExp(`pid ${process.pid}.*/data`)),
    })
    release()
    release()
    const again = await takeLock(home, '/data')
    again()
  })

  it('is not held by the note of a dead holder, nor by its own pid in it: the note decides nothing', async () => {
    await writeFile(join(home, 'owner.json'), `{"pid":${process.pid}}`)
    await writeFile(join(home, 'lock'), '')
    const release = await takeLock(home, '/data')
    release()
  })

  it('says so when the folder cannot hold a lock', async () => {
    await expect(takeLock(join(home, 'missing'), '/data')).rejects.toMatchObject({ fault: 'not-permitted' })
  })
})
