import { Argument, Command } from 'commander'
import { ok } from '../core/lib/result.ts'
import type { RestoreBehavior } from '../core/projects/project.ts'
import { addProject } from '../usecases/projects/create-project.ts'
import { withContext, withProject } from './context.ts'
import { print } from './print.ts'
import { testStoreCommand } from './test-store-command.ts'

const PROJECTS_MAX = 1_000

export function projectCommand(): Command {
  return new Command('project')
    .description('create projects, look at them and set how they behave')
    .addCommand(list())
    .addCommand(create())
    .addCommand(restoreBehavior())
    .addCommand(testStoreCommand())
}

function list(): Command {
  return new Command('list')
    .description('print all projects as JSON')
    .action(() =>
      withContext(async ({ ctx }) => print(JSON.stringify(await ctx.read.projects.list(PROJECTS_MAX), null, 2))),
    )
}

function create(): Command {
  return new Command('create')
    .description('create an empty project and print it as JSON')
    .argument('<name>', 'for people')
    .action((name: string) =>
      withContext(async ({ ctx }) => {
        const created = await ctx.transaction(async (tx) => ok(await addProject(tx, ctx, { name, isDemo: false })))
        if (created.ok) print(JSON.stringify(created.value, null, 2))
      }),
    )
}

function restoreBehavior(): Command {
  return new Command('restore-behavior')
    .description("set what happens when a person's purchase is posted by another person")
    .argument('<project>', 'project id')
    .addArgument(new Argument('<behavior>').choices(['transfer', 'transfer_if_no_active_subs', 'error']))
    .action((projectId: string, behavior: RestoreBehavior) =>
      withProject(projectId, async ({ ctx }) => {
        await ctx.transaction(async (tx) => ok(await tx.projects.updateRestoreBehavior(projectId, behavior)))
        print(JSON.stringify(await ctx.read.projects.get(projectId), null, 2))
      }),
    )
}
