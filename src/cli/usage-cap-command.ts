import { Command, InvalidArgumentError } from 'commander'
import { CAP_MAX } from '../core/usage/config.ts'
import { reasonProblem } from '../core/wallet/change-fields.ts'
import { type CreditsCapView, readCreditsCap } from '../usecases/usage/read-credits-cap.ts'
import { setCreditsCap } from '../usecases/usage/set-credits-cap.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

/** Who the decisions that are taken here are booked under: whoever can run commands on the server. */
const ACTOR = 'command line'

type Options = { project?: string; reason?: string }

export function usageCapCommand(): Command {
  return withProjectOption(new Command('cap'))
    .description("print a customer's own cap of credits as JSON with who decided it, after setting or clearing it")
    .argument('<app user id>', 'the id that the app gave to the SDK')
    .argument('[credits]', "credits that every period allows, or none: the tier's cap counts again", capOf)
    .option('--reason <text>', 'why; needed for a change', reasonOf)
    .action(async (userId: string, cap: { creditsTotal: number | null } | undefined, { project, reason }: Options) => {
      if (cap !== undefined && reason === undefined) return fail('say why: --reason')
      if (cap === undefined && reason !== undefined)
        return fail('a reason changes nothing: say how many credits, or none')
      await withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, project)
        const about = { projectId, userId }
        const done =
          cap === undefined || reason === undefined
            ? await readCreditsCap(ctx, about)
            : await setCreditsCap(ctx, { ...about, ...cap, reason, actor: ACTOR, requestId: null })
        if (!done.ok) return fail(`nobody in ${projectId} has used the app as ${userId}`)
        print(JSON.stringify(viewToJson(done.value), null, 2))
      })
    })
}

function viewToJson({ creditsTotal, changes }: CreditsCapView) {
  return { creditsTotal, changes: changes.map((one) => ({ ...one, createdAt: new Date(one.createdAt).toISOString() })) }
}

function capOf(text: string): { creditsTotal: number | null } {
  if (text === 'none') return { creditsTotal: null }
  const credits = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (credits <= CAP_MAX) return { creditsTotal: credits === 0 ? null : credits }
  throw new InvalidArgumentError(`must be a whole number up to ${CAP_MAX}, or none`)
}

function reasonOf(text: string): string {
  const problem = reasonProblem(text)
  if (problem !== null) throw new InvalidArgumentError(problem)
  return text.trim()
}
