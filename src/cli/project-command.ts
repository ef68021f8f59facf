import { Argument, Command } from 'commander'
import { ok } from '../core/lib/result.ts'
import { RESTORE_BEHAVIORS, type RestoreBehavior } from '../core/projects/project.ts'
import { addProject } from '../usecases/projects/create-project.ts'
import { setSandboxRestoreBehavior } from '../usecases/projects/set-customer-rules.ts'
import { blockedIdsCommand } from './blocked-ids-command.ts'
import { withContext, withProject } from './context.ts'
import { fail, print } from './print.ts'
import { testStoreCommand } from './test-store-command.ts'
import { testingAccessCommand } from './testing-access-command.ts'

const PROJECTS_MAX = 1_000

export function projectCommand(): Command {
  return new Command('project')
    .description('create projects, look at them and set how they behave')
    .addCommand(list())
    .addCommand(create())
    .addCommand(restoreBehavior())
    .addCommand(testingAccessCommand())
    .addCommand(blockedIdsCommand())
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
    .addArgument(
      new Argument('<behavior>', 'project: for sandbox purchases, the same').choices([...RESTORE_BEHAVIORS, 'project']),
    )
    .option('--sandbox', 'for sandbox purchases alone')
    .action((projectId: string, behavior: RestoreBehavior | 'project', { sandbox }: { sandbox?: true }) =>
      withProject(projectId, async ({ ctx }) => {
        if (sandbox) await setSandboxRestoreBehavior(ctx, projectId, behavior === 'project' ? null : behavior)
        else if (behavior === 'project') fail('only sandbox purchases can follow the project: add --sandbox')
        else await ctx.transaction(async (tx) => ok(await tx.projects.updateRestoreBehavior(projectId, behavior)))
        print(JSON.stringify(await ctx.read.projects.get(projectId), null, 2))
      }),
    )
}
