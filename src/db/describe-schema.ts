import { type Query, statement } from './statement.ts'

type Line = { table_name: string; text: string }

const TABLES = statement(
  'schema.tables',
  `select c.relname as table_name, coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as text
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'public' and c.relkind = 'r' order by c.relname`,
)
const COLUMNS = statement(
  'schema.columns',
  `select c.relname as table_name, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
     || case when a.attnotnull then ' not null' else '' end
     || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as text
   from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum`,
)
const CONSTRAINTS = statement(
  'schema.constraints',
  `select c.relname as table_name, 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as text
   from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'public' and k.contype in ('p', 'u', 'f', 'c') order by c.relname, k.contype, k.conname`,
)
const INDEXES = statement(
  'schema.indexes',
  `select c.relname as table_name, pg_get_indexdef(i.indexrelid) as text
   from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
   join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = 'public' and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
   order by c.relname, x.relname`,
)

/**
 * The schema as text, read from a live database and the same on every supported version. Committed as `schema.sql`, so
 * that a review shows what a migration really did.
 */
export async function describeSchema(query: Query): Promise<string> {
  const [tables, columns, constraints, indexes] = await Promise.all(
    [TABLES, COLUMNS, CONSTRAINTS, INDEXES].map((part) => query<Line>(part, [])),
  )
  const of = (lines: Line[] | undefined, table: string) => (lines ?? []).filter((line) => line.table_name === table)
  const sections = (tables ?? []).map(({ table_name: table, text: options }) => {
    const body = [...of(columns, table), ...of(constraints, table)].map((line) => `  ${line.text}`).join(',\n')
    const extra = of(indexes, table).map((line) => `${line.text};\n`)
    return `create table ${table} (\n${body}\n)${options};\n${extra.join('')}`
  })
  return `-- Generated from the migrations by \`npm run docs\`. Do not edit.\n\n${sections.join('\n')}`
}
