import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, inject, vi } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import type { Database } from '../../src/db/database.ts'
import { openTestDatabase, TEMPLATE } from './database.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** The command line of Purser on a database of this test file's own. */
export type CommandLine = {
  /** Runs a command as a person does, and answers what it printed. Rejects when it ends with an error. */
  purser(...args: string[]): Promise<string>
  /**
   * The same in this process, one after the other: for what does not need to be seen of a process. Rejects with the
   * message that a process would end with.
   */
  quickly(...args: string[]): Promise<string>
  readonly database: Database
}

/** Makes the database before the tests of a file, and closes it after them. */
export function newCommandLine(): CommandLine {
  const name = `commands_${randomUUID().replaceAll('-', '')}`
  let database: Database
  let url: string
  beforeAll(async () => {
    const server = inject('server')
    const admin = openTestDatabase(server, 'purser', 1)
    await admin.withConnection((_query, raw) => raw(`create database ${name} template ${TEMPLATE}`))
    await admin.close()
    database = openTestDatabase(server, name, 1)
    url = `postgresql://${server.user}@localhost/${name}?host=${encodeURIComponent(server.host)}&port=${server.port}`
  })
  afterAll(() => database.close())
  return {
    async purser(...args) {
      const env = { PATH: process.env.PATH, DATABASE_URL: url }
      return (await promisify(execFile)(process.execPath, [MAIN, ...args], { env })).stdout
    },
    async quickly(...args) {
      for (const name of Object.keys(process.env)) if (name.startsWith('PURSER_')) vi.stubEnv(name, undefined)
      vi.stubEnv('DATABASE_URL', url)
      const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
      try {
        await createProgram().parseAsync(args, { from: 'user' })
        return written.mock.calls.map(([text]) => String(text)).join('')
      } finally {
        written.mockRestore()
        vi.unstubAllEnvs()
      }
    },
    get database() {
      return database
    },
  }
}
