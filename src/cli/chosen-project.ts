import type { Command } from 'commander'
import type { Ctx } from '../usecases/ports.ts'
import { chooseProject } from '../usecases/projects/choose-project.ts'
import { fail } from './print.ts'

/** Gives a command about one project its option. */
export function withProjectOption(command: Command): Command {
  return command.option('--project <id>', 'project id; may be left out when there is only one')
}

/** The project that a command is about; ends the command in words when there is none, or more than one. */
export async function chosenProject(ctx: Pick<Ctx, 'read'>, named: string | undefined): Promise<string> {
  const chosen = await chooseProject(ctx, named ?? null)
  if (chosen.ok) return chosen.value
  if (chosen.refusal.code === 'project_unknown') return fail(`there is no project ${named}; see 'purser project list'`)
  return fail("say which: --project; see 'purser project list'")
}
