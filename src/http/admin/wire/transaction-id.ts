import { Type } from 'typebox'

/** The id of a ledger transaction, as answers give it. */
export const TransactionIdWire = Type.String({ examples: ['vatx019a5c0d1e2f0003a1b2c3d4e5f60718'] })

const PLAUSIBLE = /^[A-Za-z0-9]{1,64}$/

/** Whether a text could be an id at all. What could not is looked up nowhere: nothing has it. */
export function isPlausibleId(id: string): boolean {
  return PLAUSIBLE.test(id)
}
