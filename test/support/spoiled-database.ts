import type { Database, RawQuery } from '../../src/db/database.ts'
import { type Query, statement } from '../../src/db/statement.ts'

/** Reports an error instead of one statement of a group. */
export function failingAt(database: Database, name: string): Pick<Database, 'withConnection'> {
  return {
    withConnection: (work) =>
      database.withConnection((query, raw) => {
        const spoiled: Query = (asked, values) =>
          asked.name === name
            ? query(statement('test.broken', 'select 1 / 0'), []).then(() => [])
            : query(asked, values)
        return work(spoiled, raw)
      }),
  }
}

/** Refuses every `begin`, and does whatever is sent behind it. */
export function refusedBegin(database: Database): Pick<Database, 'withConnection'> {
  return {
    withConnection: (work) =>
      database.withConnection((query, raw) =>
        work(query, async (text) => {
          if (text === 'begin') throw new Error('begin was refused')
          return raw(text)
        }),
      ),
  }
}

/** Loses the connection around the commit: the server has done it, or never heard of it. */
export function silentCommit(database: Database, lost: 'before' | 'after'): Pick<Database, 'withConnection'> {
  return {
    withConnection: (work) =>
      database.withConnection((query, raw) => {
        const spoiled: RawQuery = async (text) => {
          if (text !== 'commit') return raw(text)
          if (lost === 'after') await raw(text)
          throw new Error('the connection was lost')
        }
        return work(query, spoiled)
      }),
  }
}
