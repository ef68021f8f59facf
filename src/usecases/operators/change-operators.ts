import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Operator, OperatorToken } from '../../core/operators/operator.ts'
import { TOKEN_PREFIX } from '../../core/operators/operator.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'

/** More people and programs than ever touch credits; a list of them is answered at once. */
export const OPERATORS_MAX = 1_000

/** Enough for a rotation on several machines; more is a program that forgets to revoke. */
const TOKENS_MAX = 10

/** A token with the secret itself: the only time that it can be seen. */
export type NewToken = OperatorToken & { secret: string }

export type ManageRefusal =
  | { code: 'operator_not_found' }
  | { code: 'token_not_found' }
  | { code: 'too_many_operators'; maximum: number }
  | { code: 'too_many_tokens'; maximum: number }

/** Which operators may be changed: those of one project, or all when it is null. Others are answered as not there. */
export type Reach = { reach: string | null }

/** Adds an operator with a first token. */
export async function createOperator(
  ctx: Ctx,
  secrets: TokenSecrets,
  input: Omit<Operator, 'operatorId' | 'createdAt'> & { tokenExpiresAt: number | null },
): Promise<Result<{ operator: Operator; token: NewToken }, ManageRefusal>> {
  const { tokenExpiresAt, ...facts } = input
  return ctx.transaction<{ operator: Operator; token: NewToken }, ManageRefusal>(async (tx) => {
    if ((await tx.operators.count(OPERATORS_MAX)) >= OPERATORS_MAX) {
      return refuse({ code: 'too_many_operators', maximum: OPERATORS_MAX })
    }
    const operator: Operator = { operatorId: ctx.ids.next('operator'), createdAt: ctx.clock.now(), ...facts }
    await tx.operators.insert(operator)
    return ok({ operator, token: await addToken(tx, ctx, secrets, operator.operatorId, tokenExpiresAt) })
  })
}

/** Changes role and limits; what is left out stays. Their effect is immediate on limits, within seconds on the role. */
export async function updateOperator(
  ctx: Ctx,
  { operatorId, reach, role, limits }: Reach & { operatorId: string } & OperatorChange,
): Promise<Result<Operator, ManageRefusal>> {
  return ctx.transaction<Operator, ManageRefusal>(async (tx) => {
    const operator = await lockInReach(tx, operatorId, reach)
    if (operator === null) return refuse({ code: 'operator_not_found' })
    const changed = { ...operator, role: role ?? operator.role, limits: { ...operator.limits, ...limits } }
    await tx.operators.update(changed)
    return ok(changed)
  })
}

export type OperatorChange = { role?: Operator['role'] | undefined; limits: Partial<Operator['limits']> }

/** Gives an operator one more token; those before it stay good until they are revoked. */
export async function issueToken(
  ctx: Ctx,
  secrets: TokenSecrets,
  { operatorId, reach, expiresAt }: Reach & { operatorId: string; expiresAt: number | null },
): Promise<Result<NewToken, ManageRefusal>> {
  return ctx.transaction<NewToken, ManageRefusal>(async (tx) => {
    if ((await lockInReach(tx, operatorId, reach)) === null) return refuse({ code: 'operator_not_found' })
    if ((await tx.operators.usableTokens(operatorId, ctx.clock.now())) >= TOKENS_MAX) {
      return refuse({ code: 'too_many_tokens', maximum: TOKENS_MAX })
    }
    return ok(await addToken(tx, ctx, secrets, operatorId, expiresAt))
  })
}

/** Ends one token of an operator, or all of them when `tokenId` is null. Answers how many were ended. */
export async function revokeTokens(
  ctx: Ctx,
  { operatorId, reach, tokenId }: Reach & { operatorId: string; tokenId: string | null },
): Promise<Result<number, ManageRefusal>> {
  return ctx.transaction<number, ManageRefusal>(async (tx) => {
    if ((await lockInReach(tx, operatorId, reach)) === null) return refuse({ code: 'operator_not_found' })
    const revoked = await tx.operators.revokeTokens(operatorId, tokenId, ctx.clock.now())
    return revoked === 0 && tokenId !== null ? refuse({ code: 'token_not_found' }) : ok(revoked)
  })
}

async function lockInReach(tx: Tx, operatorId: string, reach: string | null): Promise<Operator | null> {
  const operator = await tx.operators.lock(operatorId)
  return reach === null || operator?.projectId === reach ? operator : null
}

async function addToken(
  tx: Tx,
  ctx: Ctx,
  secrets: TokenSecrets,
  operatorId: string,
  expiresAt: number | null,
): Promise<NewToken> {
  const secret = `${TOKEN_PREFIX}${secrets.newToken()}`
  const createdAt = ctx.clock.now()
  const token = { tokenId: ctx.ids.next('operatorToken'), operatorId, createdAt, expiresAt, revokedAt: null }
  await tx.operators.insertToken({ ...token, hash: secrets.hash(secret) })
  return { ...token, secret }
}
