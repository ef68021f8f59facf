import { inject } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { statement } from '../../src/db/statement.ts'
import { openTestDatabase } from './database.ts'

const NAME = statement('test.database_name', 'select current_database() as name')

/** Opens a test's own database a second time, as another process does, with connections of its own. */
export async function openOtherProcess(database: Pick<Database, 'query'>, poolSize: number): Promise<Database> {
  const [row] = await database.query<{ name: string }>(NAME, [])
  if (row === undefined) throw new Error('a database knows its name')
  return openTestDatabase(inject('server'), row.name, poolSize)
}
