import { CREDIT_RULES } from './audit/credit-rules.ts'
import { CUSTOMER_RULES } from './audit/customer-rules.ts'
import { DELIVERY_RULES } from './audit/delivery-rules.ts'
import { FEED_RULES } from './audit/feed-rules.ts'
import { LEDGER_RULES } from './audit/ledger-rules.ts'
import { PURCHASE_RULES } from './audit/purchase-rules.ts'

/** What must hold for every row. Each statement finds the rows that break its rule, and names them. */
export const AUDIT_RULES = {
  ...CUSTOMER_RULES,
  ...PURCHASE_RULES,
  ...LEDGER_RULES,
  ...CREDIT_RULES,
  ...FEED_RULES,
  ...DELIVERY_RULES,
} as const
