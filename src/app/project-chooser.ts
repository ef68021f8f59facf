import type { Result } from '../core/lib/result.ts'
import { ShortCache } from '../http/lib/short-cache.ts'
import type { Ctx } from '../usecases/ports.ts'
import { chooseProject, type ProjectRefusal } from '../usecases/projects/choose-project.ts'

type Choice = Result<string, ProjectRefusal>

/**
 * For so long a request may still be taken to be about the only project after a second one was made: hardly a moment,
 * and yet no request of a busy server has to ask the database first.
 */
const KEPT_MS = 1_000
const PROJECTS_MAX = 100

/** `chooseProject` that remembers what it chose. A refusal is never remembered. */
export function projectChooser(ctx: Ctx): (named: string | null) => Promise<Choice> {
  const chosen = new ShortCache<Choice>(ctx.clock, { lifeMs: KEPT_MS, maxEntries: PROJECTS_MAX })
  return async (named) => {
    const load = async () => {
      const choice = await chooseProject(ctx, named)
      return choice.ok ? choice : null
    }
    return (await chosen.get(named ?? '', load)) ?? chooseProject(ctx, named)
  }
}
