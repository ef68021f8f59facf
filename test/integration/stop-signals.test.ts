import { expect, inject, test } from 'vitest'
import { newDataFolder } from '../support/data-folder.ts'
import { newServerDatabase } from '../support/server-database.ts'
import { startServer } from '../support/server-process.ts'

/** Guarantee: a stop that was asked for ends with exit code 0, also when a launcher passes the signal on once more. */

test('a signal that comes twice at the same moment is one, and the server ends in order', async () => {
  const folder = await newDataFolder()
  const database = await newServerDatabase(inject('server'))
  const server = await startServer(folder.path, { DATABASE_URL: database.url, PURSER_LOG_LEVEL: 'info' })
  process.kill(server.pid, 'SIGINT')
  const exitCode = await server.stop()
  await Promise.all([database.drop(), folder.remove()])
  expect(exitCode).toBe(0)
  expect(server.output()).toContain('stopping')
})
