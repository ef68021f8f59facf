import type { BulkGrant } from '../../src/core/bulk/bulk-grant.ts'
import { parseList } from '../../src/core/bulk/parse-file.ts'
import { ok } from '../../src/core/lib/result.ts'
import { statement } from '../../src/db/statement.ts'
import { readTables } from '../../src/db/transfer/catalogue.ts'
import { advanceBulks } from '../../src/usecases/bulk/advance-bulks.ts'
import { changeBulk } from '../../src/usecases/bulk/change-bulk.ts'
import { uploadBulk } from '../../src/usecases/bulk/upload-bulk.ts'
import { openCustomer } from '../../src/usecases/customers/open-customer.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import type { World } from './world.ts'

/** Makes customers that have nothing, by their app user ids. */
export async function addCustomers(ctx: Ctx, projectId: string, appUserIds: readonly string[]): Promise<void> {
  for (const appUserId of appUserIds) {
    await ctx.transaction(async (tx) => {
      await openCustomer(tx, ctx, projectId, appUserId)
      return ok(null)
    })
  }
}

/** Hands rows in; fails the test when they are not taken. */
export async function upload(ctx: Ctx, projectId: string, rows: readonly object[]): Promise<BulkGrant> {
  const rules = { reason: 'ZD-1 outage', currency: null, maxAdjust: 100_000 }
  const uploaded = await uploadBulk(ctx, { projectId, name: null, actor: 'admin', open: () => parseList(rows, rules) })
  if (!uploaded.ok) throw new Error(`the rows were not taken: ${JSON.stringify(uploaded.refusal)}`)
  return uploaded.value.bulk
}

export async function order(ctx: Ctx, bulk: BulkGrant, what: 'start' | 'pause' | 'resume' | 'cancel') {
  return changeBulk(ctx, { projectId: bulk.projectId, bulkId: bulk.bulkId, order: what, actor: 'admin' })
}

/** Lets a worker do all that is due at this moment. Answers how many rows it settled or judged. */
export async function workAll(ctx: Ctx): Promise<number> {
  let total = 0
  for (;;) {
    const { done, more } = await advanceBulks(ctx)
    total += done
    if (!more) return total
  }
}

export async function bulkNow(ctx: Ctx, bulk: BulkGrant): Promise<BulkGrant> {
  const now = await ctx.read.bulk.get(bulk.projectId, bulk.bulkId)
  if (now === null) throw new Error('the bulk grant is gone')
  return now
}

/** Everything that a database holds, as text by table: equal only when no byte differs. */
export async function contentsOf({ database }: Pick<World, 'database'>): Promise<Record<string, string[]>> {
  const contents: Record<string, string[]> = {}
  for (const { name } of await readTables(database.query)) {
    const all = statement(`test.all_of_${name}`, `select t::text || t.xmin::text as row from ${name} t order by 1`)
    contents[name] = (await database.query<{ row: string }>(all, [])).map(({ row }) => row)
  }
  return contents
}
