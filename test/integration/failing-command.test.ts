import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { newDataFolder } from '../support/data-folder.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** Guarantee: a command that cannot do what it was asked for says so, and leaves no database server behind. */
test('a command that fails tells why, and closes the embedded database first', async () => {
  const folder = await newDataFolder()
  try {
    const env = { PATH: process.env.PATH, PURSER_DATA_DIR: folder.path }
    const command = [MAIN, 'usage', 'get', '--project', 'projnope']
    const failed = await promisify(execFile)(process.execPath, command, { env }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 1, stderr: "there is no project projnope; see 'purser project list'\n" })
    expect(existsSync(join(folder.path, 'postgres', 'data', 'PG_VERSION'))).toBe(true)
    expect(existsSync(join(folder.path, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
  } finally {
    await folder.remove()
  }
})
