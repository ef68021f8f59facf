import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDataFolder } from '../support/data-folder.ts'
import { exportFrom, fillWorld, linesOf } from '../support/transfer.ts'
import { openWorld } from '../support/world.ts'

/** Five starts of a program, one of which creates a database. */
const TIMEOUT_MS = 90_000

let folder: Awaited<ReturnType<typeof newDataFolder>>
let file: string
beforeAll(async () => {
  folder = await newDataFolder()
  file = join(folder.path, 'source.gz')
  const source = await openWorld()
  await fillWorld(source)
  await exportFrom(source.database, file)
  await source.close()
})
afterAll(() => folder.remove())

/** Runs `purser` on a data folder of the test's own, with no other setting. */
async function purser(...args: string[]) {
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    env: { PATH: process.env.PATH, PURSER_DATA_DIR: join(folder.path, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  const [out, err] = await said
  return { code, out, err }
}

test(
  'purser import fills an empty data folder, refuses a second time, and purser export writes the same again',
  async () => {
    const empty = await purser('export', join(folder.path, 'nothing.gz'))
    expect(empty).toMatchObject({ code: 1, err: expect.stringMatching(/^This database holds no project/) })

    const imported = await purser('import', file, '--json')
    expect(imported).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(imported.out)).toMatchObject({ file, tables: { projects: 1 }, sha256: expect.any(String) })

    const again = await purser('import', file)
    expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/^This database is in use/) })

    const exported = await purser('export', join(folder.path, 'copy.gz'))
    expect(exported).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^exported [\d,]+ rows to /m) })
    const copy = await linesOf(join(folder.path, 'copy.gz'))
    expect(copy.slice(1, -1).sort()).toEqual((await linesOf(file)).slice(1, -1).sort())

    const taken = await purser('export', file)
    expect(taken).toMatchObject({ code: 1, err: expect.stringMatching(/exists already.*--force/) })
  },
  TIMEOUT_MS,
)
