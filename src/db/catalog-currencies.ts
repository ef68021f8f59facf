import type { ProductType } from '../core/catalog/catalog.ts'
import type { ConfiguredCurrency } from '../core/catalog/currency.ts'
import type { TxCatalog } from '../usecases/ports/catalog.ts'
import { CURRENCY_POLICY } from './currency-policies.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const LIST = statement(
  'currencies.list',
  `select c.code, c.name, c.description, c.created_at as "createdAt", c.archived_at as "archivedAt",
     ${CURRENCY_POLICY},
     coalesce((select json_agg(json_build_object('productId', g.product_id, 'amount', g.amount, 'trialAmount', g.trial_amount,
       'expireAtCycleEnd', g.expire_at_cycle_end) order by g.position, g.product_id)
       from currency_grants g where g.project_id = c.project_id and g.currency = c.code), '[]') as grants
   from currencies c where c.project_id = $1 order by c.created_at desc, c.code`,
)
const INSERT = statement(
  'currencies.insert',
  `insert into currencies (project_id, code, name, description, created_at, position)
   values ($1, $2, $3, $4, $5, (select coalesce(max(position) + 1, 0) from currencies where project_id = $1))`,
)
const UPDATE = statement(
  'currencies.update',
  'update currencies set name = $3, description = $4, archived_at = $5 where project_id = $1 and code = $2',
)
const DELETE = statement('currencies.delete', 'delete from currencies where project_id = $1 and code = $2')
const IS_USED = statement(
  'currencies.is_used',
  `select exists (select from wallet_balances b join customers c on c.bucket = b.bucket and c.customer_id = b.customer_id
     where b.currency = $2 and c.project_id = $1) as used`,
)
const INSERT_GRANT = statement(
  'currency_grants.insert',
  `insert into currency_grants (project_id, currency, product_id, amount, trial_amount, expire_at_cycle_end)
   values ($1, $2, $3, $4, $5, $6)`,
)
const INSERT_GRANTS = statement(
  'currency_grants.insert_all',
  `insert into currency_grants (project_id, currency, product_id, amount, trial_amount, expire_at_cycle_end, position)
   select $1, $2, t.product_id, t.amount, t.trial_amount, t.expires, t.number
   from unnest($3::text[], $4::bigint[], $5::bigint[], $6::boolean[]) with ordinality
     as t (product_id, amount, trial_amount, expires, number)`,
)
const DELETE_GRANTS = statement(
  'currency_grants.delete',
  'delete from currency_grants where project_id = $1 and currency = $2',
)
const PRODUCT_TYPES = statement(
  'products.types',
  'select product_id, type from products where project_id = $1 and product_id = any($2::text[])',
)
/** Rows that lead to a project by a foreign key may still be inserted by others. */
const LOCK = statement('projects.lock', 'select 1 from projects where project_id = $1 for no key update')

/** All currencies of a project with their grants, the archived ones included; the newest first. */
export function listCurrencies(query: Query) {
  return (projectId: string): Promise<ConfiguredCurrency[]> => query<ConfiguredCurrency>(LIST, [projectId])
}

type CurrencyRows = Pick<
  TxCatalog,
  | 'currencies'
  | 'insertCurrency'
  | 'updateCurrency'
  | 'deleteCurrency'
  | 'isCurrencyUsed'
  | 'insertGrant'
  | 'replaceGrants'
  | 'productTypes'
  | 'lock'
>

export function currencyRows(query: Query): CurrencyRows {
  return {
    currencies: listCurrencies(query),
    async insertCurrency(projectId, { code, name, description }, now) {
      await query(INSERT, [projectId, code, name, description, timeOf(now)])
    },
    async updateCurrency(projectId, { code, name, description, archivedAt }) {
      await query(UPDATE, [projectId, code, name, description, timeOf(archivedAt)])
    },
    async deleteCurrency(projectId, code) {
      await Promise.all([query(DELETE_GRANTS, [projectId, code]), query(DELETE, [projectId, code])])
    },
    async isCurrencyUsed(projectId, code) {
      const [row] = await query<{ used: boolean }>(IS_USED, [projectId, code])
      return row?.used === true
    },
    async insertGrant(projectId, { currency, productId, amount, trialAmount, expireAtCycleEnd }) {
      await query(INSERT_GRANT, [projectId, currency, productId, amount, trialAmount, expireAtCycleEnd])
    },
    async replaceGrants(projectId, currency, grants) {
      await Promise.all([
        query(DELETE_GRANTS, [projectId, currency]),
        query(INSERT_GRANTS, [
          projectId,
          currency,
          grants.map((grant) => grant.productId),
          grants.map((grant) => grant.amount),
          grants.map((grant) => grant.trialAmount),
          grants.map((grant) => grant.expireAtCycleEnd),
        ]),
      ])
    },
    async productTypes(projectId, productIds) {
      const rows = await query<{ product_id: string; type: ProductType }>(PRODUCT_TYPES, [projectId, productIds])
      return new Map(rows.map((row) => [row.product_id, row.type]))
    },
    async lock(projectId) {
      await query(LOCK, [projectId])
    },
  }
}
