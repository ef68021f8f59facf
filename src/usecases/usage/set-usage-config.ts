import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { DocumentFault } from '../../core/usage/document-place.ts'
import { parseUsageConfig } from '../../core/usage/parse-config.ts'
import { soldThingsOf } from '../../core/usage/sold-things.ts'
import type { StoredUsageConfig } from '../ports/usage.ts'
import type { Ctx } from '../ports.ts'

export type SetUsageConfigRefusal = { code: 'config_invalid'; faults: readonly DocumentFault[] }

export type UsageConfigSet = { config: StoredUsageConfig; changed: boolean }

/**
 * Puts a configuration into force, for every request from now on. Refuses it with all its faults at once. A document
 * that is the same as the one in force stays the version that it is.
 */
export async function setUsageConfig(
  ctx: Ctx,
  input: { projectId: string; document: unknown; actor: string },
): Promise<Result<UsageConfigSet, SetUsageConfigRefusal>> {
  const { projectId, document, actor } = input
  const catalog = await ctx.read.catalog.ofProject(projectId)
  const parsed = parseUsageConfig(document, soldThingsOf(catalog))
  if (!parsed.ok) return refuse({ code: 'config_invalid', faults: parsed.refusal })
  return ctx.transaction<UsageConfigSet, never>(async (tx) => {
    const inForce = await tx.usage.config(projectId)
    if (inForce !== null && JSON.stringify(inForce.document) === JSON.stringify(document)) {
      return ok({ config: inForce, changed: false })
    }
    const version = (inForce?.version ?? 0) + 1
    const config = { projectId, version, document, actor, createdAt: ctx.clock.now() }
    await tx.usage.insertConfig(config)
    return ok({ config, changed: true })
  })
}
