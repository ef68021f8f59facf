import { documentedConfig } from '../../src/core/usage/fixtures/configs.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import type { ConsumeInput } from '../../src/usecases/usage/consume-input.ts'
import { consumeUsage } from '../../src/usecases/usage/consume-usage.ts'
import { getUsage } from '../../src/usecases/usage/get-usage.ts'
import { setUsageConfig } from '../../src/usecases/usage/set-usage-config.ts'

/** Puts the documented configuration into force, with parts of it replaced; fails the test when it is not valid. */
export async function configureUsage(
  ctx: Ctx,
  projectId: string,
  parts: Record<string, unknown> = {},
): Promise<number> {
  const document = { ...documentedConfig(), ...parts }
  const set = await setUsageConfig(ctx, { projectId, document, actor: 'test' })
  if (!set.ok) throw new Error(JSON.stringify(set.refusal))
  return set.value.config.version
}

/** Consumes as a server does: an action by its name, or costs. */
export function consumeAs(
  ctx: Ctx,
  projectId: string,
  userId: string,
  wish: string | Record<string, number>,
  facts: Partial<ConsumeInput> = {},
) {
  return consumeUsage(ctx, {
    projectId,
    userId,
    by: { kind: 'server', keyId: 'key1' },
    wish:
      typeof wish === 'string'
        ? { kind: 'action', action: wish }
        : { kind: 'costs', costs: new Map(Object.entries(wish)) },
    quantity: 1,
    idempotencyKey: null,
    requestId: '0123456789abcdef',
    ...facts,
  })
}

/** What a user has used in the current period, and the period's key. */
export async function usedBy(ctx: Ctx, projectId: string, appUserId: string) {
  const view = await getUsage(ctx, { projectId, appUserId })
  if (!view.ok) throw new Error(view.refusal.code)
  return {
    key: view.value.standing.period.key,
    tier: view.value.standing.tier.id,
    ...Object.fromEntries(view.value.used),
  }
}
