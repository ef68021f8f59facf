import { randomUUID } from 'node:crypto'
import { openTestDatabase, type ServerPlace } from './database.ts'

/** An empty database for a server that runs in a process of its own, on the database server of the tests. */
export type ServerDatabase = { url: string; drop(): Promise<void> }

export async function newServerDatabase({ host, port, user }: ServerPlace): Promise<ServerDatabase> {
  const name = `server_${randomUUID().replaceAll('-', '')}`
  const admin = openTestDatabase({ host, port, user }, 'purser', 1)
  await admin.withConnection((_query, raw) => raw(`create database ${name} template template0`))
  return {
    url: `postgresql://${user}@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`,
    async drop() {
      await admin.withConnection((_query, raw) => raw(`drop database ${name} with (force)`))
      await admin.close()
    },
  }
}
