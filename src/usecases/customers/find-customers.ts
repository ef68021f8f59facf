import type { FoundCustomer } from '../ports/ledger.ts'
import type { Ctx } from '../ports.ts'

/** Customers shown: more than that, and another letter of the id helps better than scrolling. */
export const FOUND_CUSTOMERS_MAX = 20
/** Names shown of each, the latest. An app that logs out on every start makes one each time. */
const NAMES_SHOWN_MAX = 50

export type CustomerCard = FoundCustomer & { appUserIds: string[]; hasMoreIds: boolean; balances: Map<string, number> }

/**
 * Finds customers by what support has at hand: the beginning of an app user id, a whole e-mail, or the id that a store
 * gave to a purchase. Nothing else has an index, so nothing else is looked at.
 */
export async function findCustomers(ctx: Ctx, input: { projectId: string; text: string }): Promise<CustomerCard[]> {
  const found = await ctx.read.customerSearch.find(input.projectId, input.text, FOUND_CUSTOMERS_MAX)
  return Promise.all(
    found.map(async ({ customer, by }) => {
      const [names, balances] = await Promise.all([
        // One more than is shown, to know whether there are more.
        ctx.read.customerSearch.latestNames(customer, NAMES_SHOWN_MAX + 1),
        ctx.read.wallet.balances(customer),
      ])
      const appUserIds = names.slice(0, NAMES_SHOWN_MAX)
      return { customer, by, appUserIds, hasMoreIds: names.length > NAMES_SHOWN_MAX, balances }
    }),
  )
}
