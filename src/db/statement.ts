/**
 * A statement with a name. The server parses a named statement once per connection; measured, that is the cheapest way
 * to ask. Names are unique; two texts under one name are a programming error that the database reports.
 */
export type Statement = { name: string; text: string }

/** Sends a statement and answers its rows. Inside a transaction, all go to the same connection in order. */
export type Query = <Row>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>

/** Declares a statement. Times go in as ISO text and come out as epoch milliseconds; see `wire-values.ts`. */
export function statement(name: string, text: string): Statement {
  return { name, text }
}
