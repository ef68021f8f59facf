import { askJson } from './pgbench.ts'

type Row = Record<string, unknown>

/** Rows that every customer has, or that a second purchase does not add. */
const NOT_ADDED = new Set([
  'customers',
  'customer_aliases',
  'customer_attributes',
  'wallet_balances',
  'idempotency_keys',
])
/** Columns whose values other tables answer for, and which stay as they are. */
const FOREIGN = new Set(['customer_id', 'project_id', 'app_id', 'product_id'])

const TABLES = `select json_agg(table_name::text order by table_name) from information_schema.columns
  join information_schema.tables using (table_schema, table_name)
  where table_schema = 'public' and column_name = 'customer_id' and table_type = 'BASE TABLE'`

/**
 * A script for `pgbench` that locks a customer, inserts the rows that the one purchase of `appUserId` left, each under an
 * identifier of its own, and raises the customer's revision: the limit for receipts, without any decision.
 */
export async function receiptScript(dataDir: string, appUserId: string, customers: number): Promise<string> {
  const id = `(select customer_id from customer_aliases where app_user_id = '${appUserId}')`
  const inserts: string[] = []
  for (const table of (await askJson(dataDir, TABLES)) as string[]) {
    if (NOT_ADDED.has(table)) continue
    const rows = await askJson(dataDir, `select coalesce(json_agg(t), '[]') from ${table} t where customer_id = ${id}`)
    inserts.push(...(rows as Row[]).map((row) => insertOf(table, row)))
  }
  if (inserts.length === 0) throw new Error('a purchase left no rows')
  return `\\set n random(1, ${customers})
\\set key random(1, 1000000000000)
begin;
select c.bucket as b, c.customer_id as id from customers c
  where (c.bucket, c.customer_id) = (select bucket, customer_id from bench_customers where n = :n) for no key update \\gset
${inserts.join('\n')}
update customers set revision = revision + 1, last_seen_at = now() where bucket = :b and customer_id = :id;
commit;
`
}

/** An insert of the row with identifiers that no other row has. */
function insertOf(table: string, row: Row): string {
  const columns = Object.keys(row).filter((column) => row[column] !== null)
  const values = columns.map((column) => {
    const text = `'${textOf(row[column]).replaceAll("'", "''")}'`
    return column.endsWith('_id') && !FOREIGN.has(column) ? `${text} || :key` : text
  })
  return `insert into ${table} (${columns.join(', ')}) values (${values.join(', ')}) on conflict do nothing;`
}

/** A colon before a word would be a variable of `pgbench`. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value).replaceAll('":', '": ') : String(value)
}
