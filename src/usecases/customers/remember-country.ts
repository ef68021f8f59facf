import type { Customer } from '../../core/customers/customer.ts'
import type { Ctx } from '../ports.ts'

/**
 * Keeps the country of the store that an app named last; webhooks tell it. Writes only when it is another one, and
 * without a revision: nobody's access or balance depends on it. `country` is ISO 3166-1 alpha-2, null when none was named.
 */
export async function rememberCountry(ctx: Ctx, customer: Customer, country: string | null): Promise<void> {
  if (country === null || country === (customer.country ?? null)) return
  await ctx.read.customers.setCountry(customer, country)
}
