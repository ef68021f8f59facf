import type { Catalog, Currency, Offering, Product } from '../core/catalog/catalog.ts'
import { CURRENCY_POLICY } from './currency-policies.ts'
import { readTestingAccess } from './customer-rules.ts'
import { type Query, statement } from './statement.ts'

type ProductRow = {
  product_id: string
  app_id: string
  store: Product['store']
  store_product_id: string
  type: Product['type']
  display_name: string
  period: string | null
  price_micros: number
  currency: string
  trial_period: string | null
  trial_cycles: number | null
  trial_price_micros: number | null
  entitlements: string[]
}

const PRODUCTS = statement(
  'catalog.products',
  `select p.product_id, p.app_id, a.store, p.store_product_id, p.type, p.display_name, p.period, p.price_micros, p.currency,
     p.trial_period, p.trial_cycles, p.trial_price_micros,
     array(select e.lookup_key from product_entitlements pe join entitlements e using (entitlement_id)
           where pe.product_id = p.product_id order by e.lookup_key) as entitlements
   from products p join apps a using (app_id) where p.project_id = $1 order by p.product_id`,
)
const OFFERINGS = statement(
  'catalog.offerings',
  `select o.offering_id as "offeringId", o.lookup_key as "lookupKey", o.description, o.metadata, o.is_current as "isCurrent",
     coalesce((select json_agg(json_build_object('lookupKey', k.lookup_key, 'productIds',
         array(select pp.product_id from package_products pp where pp.package_id = k.package_id order by pp.product_id))
       order by k.position) from packages k where k.offering_id = o.offering_id), '[]') as packages
   from offerings o where o.project_id = $1 order by o.position`,
)
const CURRENCIES = statement(
  'catalog.currencies',
  `select c.code, c.name, c.description, ${CURRENCY_POLICY},
     coalesce((select json_agg(json_build_object('productId', g.product_id, 'amount', g.amount, 'trialAmount', g.trial_amount,
       'expireAtCycleEnd', g.expire_at_cycle_end) order by g.position, g.product_id)
       from currency_grants g where g.project_id = c.project_id and g.currency = c.code), '[]') as grants
   from currencies c where c.project_id = $1 and c.archived_at is null order by c.position, c.code`,
)

/** Reads all that a project sells. Four small statements; see `catalog-cache.ts` for how seldom they run. */
export function readCatalog(query: Query) {
  return async (projectId: string): Promise<Catalog> => {
    const [products, offerings, currencies, testing] = await Promise.all([
      query<ProductRow>(PRODUCTS, [projectId]),
      query<Offering>(OFFERINGS, [projectId]),
      query<Currency>(CURRENCIES, [projectId]),
      readTestingAccess(query)(projectId),
    ])
    return {
      projectId,
      products: new Map(products.map((row) => [row.product_id, productFromRow(row)])),
      offerings,
      currencies,
      testing,
    }
  }
}

function productFromRow(row: ProductRow): Product {
  const { trial_period: period, trial_price_micros: micros, trial_cycles: cycles } = row
  const price = micros === null || micros === 0 ? null : { amountMicros: micros, currency: row.currency }
  return {
    productId: row.product_id,
    appId: row.app_id,
    store: row.store,
    storeProductId: row.store_product_id,
    type: row.type,
    displayName: row.display_name,
    period: row.period,
    price: { amountMicros: row.price_micros, currency: row.currency },
    trial: period === null ? null : { period, cycles: cycles ?? 1, price },
    entitlements: row.entitlements,
  }
}
