import type { TxCatalog } from '../usecases/ports/catalog.ts'
import { currencyRows } from './catalog-currencies.ts'
import { type Query, statement } from './statement.ts'

const INSERT_ENTITLEMENT = statement(
  'entitlements.insert',
  'insert into entitlements (project_id, entitlement_id, lookup_key, display_name) values ($1, $2, $3, $4)',
)
const INSERT_PRODUCT = statement(
  'products.insert',
  `insert into products (project_id, product_id, app_id, store_product_id, type, display_name, period, price_micros, currency,
   trial_period, trial_cycles, trial_price_micros) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
)
const ATTACH = statement(
  'product_entitlements.insert',
  'insert into product_entitlements (product_id, entitlement_id) select $1, unnest($2::text[])',
)
const INSERT_OFFERING = statement(
  'offerings.insert',
  `insert into offerings (project_id, offering_id, lookup_key, description, is_current, position)
   values ($1, $2, $3, $4, $5, (select count(*) from offerings where project_id = $1))`,
)
const INSERT_PACKAGE = statement(
  'packages.insert',
  'insert into packages (offering_id, package_id, lookup_key, position) values ($1, $2, $3, $4)',
)
const ADD_TO_PACKAGE = statement(
  'package_products.insert',
  'insert into package_products (package_id, product_id) select $1, unnest($2::text[])',
)

export function catalogRows(query: Query): TxCatalog {
  return {
    ...currencyRows(query),
    async insertEntitlement(row) {
      await query(INSERT_ENTITLEMENT, [row.projectId, row.entitlementId, row.lookupKey, row.displayName])
    },
    async insertProduct(projectId, product) {
      await query(INSERT_PRODUCT, [
        projectId,
        product.productId,
        product.appId,
        product.storeProductId,
        product.type,
        product.displayName,
        product.period,
        product.price.amountMicros,
        product.price.currency,
        product.trial?.period ?? null,
        product.trial?.cycles ?? null,
        product.trial?.price?.amountMicros ?? null,
      ])
      await query(ATTACH, [product.productId, product.entitlementIds])
    },
    async insertOffering(projectId, { offeringId, lookupKey, description, isCurrent, packages }) {
      await query(INSERT_OFFERING, [projectId, offeringId, lookupKey, description, isCurrent])
      for (const [position, item] of packages.entries()) {
        await query(INSERT_PACKAGE, [offeringId, item.packageId, item.lookupKey, position])
        await query(ADD_TO_PACKAGE, [item.packageId, item.productIds])
      }
    },
  }
}
