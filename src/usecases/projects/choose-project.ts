import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

export type ProjectRefusal = { code: 'project_required' } | { code: 'project_unknown' }

/**
 * Which project a caller means who has no project's key: the one that is named, or the only one there is. With several
 * projects and no name nothing is guessed.
 */
export async function chooseProject(
  ctx: Pick<Ctx, 'read'>,
  named: string | null,
): Promise<Result<string, ProjectRefusal>> {
  if (named !== null) {
    const project = await ctx.read.projects.get(named)
    return project === null ? refuse({ code: 'project_unknown' }) : ok(project.projectId)
  }
  const [only, ...others] = await ctx.read.projects.list(2)
  return only === undefined || others.length > 0 ? refuse({ code: 'project_required' }) : ok(only.projectId)
}
