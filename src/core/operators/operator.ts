/** What an operator may do, from least to most. */
export const OPERATOR_ROLES = ['viewer', 'support', 'lead', 'admin'] as const

export type OperatorRole = (typeof OPERATOR_ROLES)[number]

/** Bounds of what an operator moves, in units of each currency; null does not bound. */
export type OperatorLimits = {
  /** Units of one change. */
  maxPerChange: number | null
  /** Units granted plus units taken in one day (UTC). */
  maxPerDay: number | null
}

/** Who acts through the Admin Credits API by a name. The name never changes, since the ledger repeats it. */
export type Operator = {
  operatorId: string
  /** The one project that the operator may act in; null for all. */
  projectId: string | null
  name: string
  role: OperatorRole
  limits: OperatorLimits
  createdAt: number
}

/** A credential of an operator. There may be several, so that one can replace another without a pause. */
export type OperatorToken = {
  tokenId: string
  operatorId: string
  createdAt: number
  /** Null for a token that is good until it is revoked. */
  expiresAt: number | null
  revokedAt: number | null
}

/** Kinds of requests. `read` changes nothing; `change` moves units of one customer, `bulk` of many at once. */
export type OperatorAction = 'read' | 'change' | 'approve' | 'bulk' | 'manage'

const ACTIONS: Readonly<Record<OperatorRole, readonly OperatorAction[]>> = {
  viewer: ['read'],
  support: ['read', 'change'],
  lead: ['read', 'change', 'approve', 'bulk'],
  admin: ['read', 'change', 'approve', 'bulk', 'manage'],
}

export function mayDo(role: OperatorRole, action: OperatorAction): boolean {
  return ACTIONS[role].includes(action)
}

/** Whether a token opens anything at an instant. */
export function isUsable(
  { expiresAt, revokedAt }: Pick<OperatorToken, 'expiresAt' | 'revokedAt'>,
  now: number,
): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt)
}

/** Longest name. It is repeated in every entry of the ledger. */
export const OPERATOR_NAME_MAX_LENGTH = 100

/** No comma and no slash: the ledger puts names together with them, and nobody may be called somebody else's approval. */
export const OPERATOR_NAME_PATTERN = "^[\\p{L}\\p{N}][\\p{L}\\p{N} ._@'-]*$"

const namePattern = new RegExp(OPERATOR_NAME_PATTERN, 'u')

export function isOperatorName(text: string): boolean {
  return text.length <= OPERATOR_NAME_MAX_LENGTH && text.trim() === text && namePattern.test(text)
}

/** Largest limit: sums of a day stay exact numbers, and no limit means more. */
export const OPERATOR_LIMIT_MAX = 1_000_000_000_000_000

export function isOperatorLimit(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= OPERATOR_LIMIT_MAX
}

/** Longest life of a token that has an end; one that should live longer has none. */
export const TOKEN_DAYS_MAX = 3_650

/** Tells an operator's token from other secrets before anything is looked up. */
export const TOKEN_PREFIX = 'opt_'

/** Longest token that is looked up; ours have under 50 characters. */
const TOKEN_MAX_LENGTH = 100

export function isTokenShape(text: string): boolean {
  return text.startsWith(TOKEN_PREFIX) && text.length <= TOKEN_MAX_LENGTH
}
