import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { UsageConfig } from '../../core/usage/config.ts'
import { parseUsageConfig } from '../../core/usage/parse-config.ts'
import type { Ctx } from '../ports.ts'

export type UnconfiguredRefusal = { code: 'usage_unconfigured' }

/** The configuration that counts now. Without one nothing is metered, and nothing can be consumed. */
export async function loadUsageConfig(
  ctx: Pick<Ctx, 'read'>,
  projectId: string,
): Promise<Result<UsageConfig, UnconfiguredRefusal>> {
  const stored = await ctx.read.usage.config(projectId)
  if (stored === null) return refuse({ code: 'usage_unconfigured' })
  const parsed = parseUsageConfig(stored.document, null)
  if (parsed.ok) return ok(parsed.value)
  const [fault] = parsed.refusal
  throw new Error(
    `version ${stored.version} of the usage configuration of ${projectId} cannot be read: ${fault?.pointer} ${fault?.problem}`,
  )
}
