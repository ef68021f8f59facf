import type { CurrencyPolicy } from '../../core/wallet/policy.ts'

/** What a project decides about its currencies. They are read with the catalogue. */
export type TxCurrencyPolicies = {
  /** Writes the whole policy of a currency, archived or not. */
  set(projectId: string, code: string, policy: CurrencyPolicy): Promise<void>
}
