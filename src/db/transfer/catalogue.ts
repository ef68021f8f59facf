import { type Query, statement } from '../statement.ts'
import type { AppliedMigration } from './export-format.ts'
import { inForeignKeyOrder, type Table } from './table-order.ts'

type Column = { table_name: string; name: string; type: string }
type Reference = { table_name: string; target: string }

/** Ordinary tables of our schema, without those that belong to an extension or are a partition of another. */
const OUR_TABLES = `pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
  and not c.relispartition and c.relname <> 'schema_migrations'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`

const COLUMNS = statement(
  'transfer.columns',
  `select t.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
   from (select c.oid, c.relname from ${OUR_TABLES}) t join pg_attribute a on a.attrelid = t.oid
   where a.attnum > 0 and not a.attisdropped order by t.relname, a.attnum`,
)
const REFERENCES = statement(
  'transfer.references',
  `select t.relname as table_name, f.relname as target
   from (select c.oid, c.relname from ${OUR_TABLES}) t join pg_constraint k on k.conrelid = t.oid
   join pg_class f on f.oid = k.confrelid where k.contype = 'f' and k.conparentid = 0`,
)
const SCHEMA = statement('transfer.schema', 'select number, name, checksum from schema_migrations order by number')
const SERVER = statement('transfer.server', "select current_setting('server_version') as version")

/**
 * Every table of the schema but the list of migrations, which travels in the header, in an order in which foreign keys
 * are met. Asked of the database, so that a table that a migration adds cannot be forgotten.
 */
export async function readTables(query: Query): Promise<Table[]> {
  const [columns, references] = await Promise.all([query<Column>(COLUMNS, []), query<Reference>(REFERENCES, [])])
  return inForeignKeyOrder(
    [...Map.groupBy(columns, (column) => column.table_name)].map(([name, own]) => ({
      name,
      columns: own.map((column) => ({ name: column.name, type: column.type })),
      references: references.filter((key) => key.table_name === name).map((key) => key.target),
    })),
  )
}

export async function readAppliedMigrations(query: Query): Promise<AppliedMigration[]> {
  return query<AppliedMigration>(SCHEMA, [])
}

/** Version of the server, such as `18.4`. */
export async function readServerVersion(query: Query): Promise<string> {
  const [row] = await query<{ version: string }>(SERVER, [])
  return row?.version.split(' ')[0] ?? ''
}
