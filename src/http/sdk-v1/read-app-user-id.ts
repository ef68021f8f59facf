import { type AppUserIdRefusal, parseAppUserId } from '../../core/customers/app-user-id.ts'
import { SdkFault, type SdkFaultName } from './sdk-fault.ts'

const FAULT_OF_REFUSAL = {
  app_user_id_empty: 'app_user_id_empty',
  app_user_id_invalid: 'app_user_id_invalid',
} as const satisfies Record<AppUserIdRefusal['code'], SdkFaultName>

/** Reads a decoded app user id. Throws 7220 for an empty one and 7256, with the reason, for one that may not be. */
export function readAppUserId(text: string): string {
  const parsed = parseAppUserId(text)
  if (parsed.ok) return parsed.value
  const { refusal } = parsed
  const message = 'problem' in refusal ? `The app user id is not valid: ${refusal.problem}.` : undefined
  throw new SdkFault(FAULT_OF_REFUSAL[refusal.code], message)
}
