import { statement } from '../../src/db/statement.ts'
import { refreshPurchase } from '../../src/usecases/purchases/refresh-purchase.ts'
import { balanceOf } from './demo.ts'
import { type LifeWorld, purchaseIdOf } from './life-world.ts'

/** Units by currency are read from the ledger; merges pass on what happened to be there by then. */
const UNITS = statement(
  'test.life_units',
  `select t.kind, t.purchase_id, t.store_transaction_id, p.currency, sum(p.amount)::bigint as units
   from wallet_transactions t join wallet_postings p using (bucket, customer_id, transaction_id)
   where t.purchase_id = any($1) and p.account = 'wallet' and t.kind in ('purchase_grant', 'refund', 'refund_reversal')
   group by t.transaction_id, t.kind, t.purchase_id, t.store_transaction_id, p.currency
   order by t.purchase_id, t.store_transaction_id, t.kind, p.currency, units`,
)

/** Facts with a key have an id that is made from it. What a merge was, and what units came to, is told by other rows. */
const EVENTS = statement(
  'test.life_events',
  `select type, event_id as id, data from events
   where project_id = $1 and type not in ('TRANSFER', 'CUSTOMER_MERGED', 'VIRTUAL_CURRENCY_TRANSACTION') order by event_id`,
)

const OWNERS = statement(
  'test.life_owners',
  `select purchase_id, number, cause, app_user_id, rule, rule_source, recorded_at from purchase_ownerships where project_id = $1
   order by purchase_id, number`,
)

const TRANSFERS = statement(
  'test.life_transfers',
  `select data->>'purchaseId' as purchase, count(*)::int as times from events
   where project_id = $1 and type = 'TRANSFER' group by 1 order by 1`,
)

/** A purchase with its owner's names. */
async function readPurchase({ ctx, demo: { projectId } }: LifeWorld, token: string) {
  const key = { projectId, store: 'test_store', environment: 'sandbox', storePurchaseId: token } as const
  const claim = await ctx.read.purchases.findClaim(key)
  if (claim === null) throw new Error(`nobody has ${token}`)
  const aliases = await ctx.read.customers.aliases(claim.owner)
  const chain = await ctx.read.purchases.chain(claim.owner, claim.purchaseId)
  return { ref: claim.owner, names: aliases.map(({ appUserId }) => appUserId).sort(), chain }
}

/** Has the store asked about each purchase now. */
export async function checkAgain(world: LifeWorld, tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    const { ref, chain } = await readPurchase(world, token)
    if (chain !== null) await refreshPurchase(world.ctx, { ref, purchaseId: chain.purchase.purchaseId })
  }
}

/** All that two worlds must agree about, however late each of them looked. */
export async function readTraces(world: LifeWorld, tokens: readonly string[], names: readonly string[]) {
  const purchases = []
  for (const token of tokens) {
    const { names: owner, chain } = await readPurchase(world, token)
    purchases.push({ owner, ...chain })
  }
  const { projectId } = world.demo
  const balances: Record<string, number> = {}
  for (const name of names) balances[name] = await balanceOf(world.ctx, projectId, name)
  const { query } = world.database
  return {
    purchases,
    balances,
    units: await query(UNITS, [tokens.map(purchaseIdOf)]),
    events: await query<{ type: string; id: string; data: unknown }>(EVENTS, [projectId]),
    transfers: await query(TRANSFERS, [projectId]),
    owners: await query(OWNERS, [projectId]),
  }
}
