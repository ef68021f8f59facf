import { assert } from '../../core/lib/assert.ts'

/** A table with what an export needs to know of it. Types are PostgreSQL's names, such as `bigint` or `text[]`. */
export type Table = { name: string; columns: { name: string; type: string }[]; references: string[] }

/**
 * Puts every table after those that its foreign keys lead to, else by name, so that rows can be inserted in this order.
 * Keys that lead in a circle, or into their own table, have no such order; the schema has none.
 */
export function inForeignKeyOrder(tables: readonly Table[]): Table[] {
  const ordered: Table[] = []
  const done = new Set<string>()
  let left = [...tables].sort((one, other) => (one.name < other.name ? -1 : 1))
  while (left.length > 0) {
    const next = left.filter((table) => table.references.every((name) => done.has(name)))
    assert(next.length > 0, `foreign keys lead from table to table in a line: ${left.map(({ name }) => name)}`)
    for (const table of next) {
      ordered.push(table)
      done.add(table.name)
    }
    left = left.filter((table) => !done.has(table.name))
  }
  return ordered
}
