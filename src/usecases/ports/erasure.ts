import type { Customer } from '../../core/customers/customer.ts'

export type TxErasure = {
  /**
   * Deletes all that is known of the person behind a locked customer, and behind all who were merged into that one: names,
   * attributes, purchases with their claims, grants, devices, messages, counters, tokens, what was told of them and what
   * they told. The row of the customer stays for the ledger, without a name, under a higher revision; nobody finds or locks it.
   */
  erase(customer: Customer, now: number): Promise<void>
}
