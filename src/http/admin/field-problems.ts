import { keyProblem } from '../../core/wallet/change-fields.ts'

export {
  CURRENCY_PATTERN,
  currencyProblem,
  IDEMPOTENCY_KEY_MAX_LENGTH,
  keyProblem,
  REASON_MAX_LENGTH,
  REASON_MIN_LENGTH,
  reasonProblem,
} from '../../core/wallet/change-fields.ts'

/**
 * What is wrong with the header, in words that follow its name; null when nothing is. Other characters would be read
 * differently from a header than from a body, so the two would never be equal.
 */
export function headerProblem(value: string | undefined): string | null {
  if (value !== undefined && /[^\x20-\x7e]/.test(value)) return 'must be ASCII; send other keys in the body'
  return keyProblem(value)
}
