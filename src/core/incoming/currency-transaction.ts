import { ok, type Result, refuse } from '../lib/result.ts'
import { isRecord, textField } from './wire-fields.ts'

/** A change of balances at RevenueCat, as its webhook tells it. */
export type ToldCurrencyTransaction = {
  transactionId: string
  /** `in_app_purchase`: a purchase, its renewal or its refund. `admin_api`: a person in the dashboard. */
  source: string | null
  /** Signed units by currency, several adjustments of one currency added up. */
  amounts: Map<string, number>
}

/** RevenueCat webhooks, VIRTUAL_CURRENCY_TRANSACTION. */
export function currencyTransactionFromEvent(
  body: unknown,
): Result<ToldCurrencyTransaction, { code: 'event_incomplete'; problem: string }> {
  const event = isRecord(body) && isRecord(body.event) ? body.event : {}
  const transactionId = textField(event.virtual_currency_transaction_id)
  if (transactionId === null) return incomplete('virtual_currency_transaction_id')
  if (!Array.isArray(event.adjustments)) return incomplete('adjustments')
  const amounts = new Map<string, number>()
  for (const adjustment of event.adjustments) {
    const code = isRecord(adjustment) && isRecord(adjustment.currency) ? textField(adjustment.currency.code) : null
    const amount = isRecord(adjustment) ? adjustment.amount : null
    if (code === null || typeof amount !== 'number' || !Number.isSafeInteger(amount)) return incomplete('adjustments')
    amounts.set(code, (amounts.get(code) ?? 0) + amount)
  }
  return ok({ transactionId, source: textField(event.source), amounts })
}

function incomplete(field: string): { ok: false; refusal: { code: 'event_incomplete'; problem: string } } {
  return refuse({ code: 'event_incomplete', problem: `${field} is missing or not what it should be` })
}
