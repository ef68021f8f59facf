import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bucketOf } from '../src/core/lib/bucket.ts'
import { runScript } from './pgbench.ts'

/** The name of a copy. */
export function copyName(index: number): string {
  return `copy-${index}`
}

/**
 * Makes copies `first` to `end - 1` of a customer with all purchases, past all of our code and set by set. Nothing about
 * them is ever due, so that no job runs beside what is measured. The columns are those of the customer, whatever they are.
 */
export async function copyCustomer(
  { dataDir, projectId }: { dataDir: string; projectId: string },
  userId: string,
  first: number,
  end: number,
): Promise<void> {
  const file = join(dataDir, `copies-${first}.tsv`)
  const names = Array.from({ length: end - first }, (_, index) => copyName(first + index))
  await writeFile(file, names.map((name) => `${bucketOf(projectId, name)}\t${name}\n`).join(''))
  const template = `select customer_bucket, customer_id from customer_aliases
    where bucket = ${bucketOf(projectId, userId)} and project_id = '${projectId}' and app_user_id = '${userId}'`
  const idOfCopy = `'cus_' || k.name`
  const copies = (table: string, changes: string) => `
    insert into ${table} select r.* from (select * from names order by bucket, name) k
      cross join (select * from ${table} where (bucket, customer_id) = (${template})) t
      cross join lateral jsonb_populate_record(t::${table}, jsonb_build_object(
        'bucket', k.bucket, 'customer_id', ${idOfCopy}, ${changes})) r;`
  await runScript(
    dataDir,
    `create temp table names (bucket smallint, name text);
     \\copy names from '${file}'
     ${copies('customers', `'original_app_user_id', k.name`)}
     ${copies('purchases', `'purchase_id', t.purchase_id || k.name, 'store_purchase_id', t.store_purchase_id || k.name, 'due_at', null`)}
     ${copies('purchase_transactions', `'purchase_id', t.purchase_id || k.name`)}
     insert into customer_aliases (bucket, project_id, app_user_id, customer_bucket, customer_id, last_seen_at)
       select k.bucket, '${projectId}', k.name, k.bucket, ${idOfCopy}, now() from names k order by 1, 3;
     insert into store_claims (bucket, project_id, store, environment, store_purchase_id, customer_bucket, customer_id, purchase_id)
       select k.bucket, project_id, store, environment, store_purchase_id, p.bucket, customer_id, purchase_id
       from names k join purchases p on p.bucket = k.bucket and p.customer_id = ${idOfCopy} order by 1, 5;
     vacuum analyze;
     checkpoint;`,
  )
}
