import { Command, InvalidArgumentError, Option } from 'commander'
import { ok } from '../core/lib/result.ts'
import type { TestStorePace } from '../core/projects/project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

const PROJECTS_MAX = 1_000
const RENEWALS_MAX = 1_000

export function projectCommand(): Command {
  return new Command('project')
    .description('look at projects and set how they behave')
    .addCommand(list())
    .addCommand(testStore())
}

function list(): Command {
  return new Command('list')
    .description('print all projects as JSON')
    .action(() =>
      withContext(async ({ ctx }) => print(JSON.stringify(await ctx.read.projects.list(PROJECTS_MAX), null, 2))),
    )
}

function testStore(): Command {
  return new Command('test-store')
    .description('set how fast Test Store subscriptions of a project renew, and how often')
    .argument('<project>', 'project id')
    .addOption(
      new Option('--pace <pace>', 'calendar: real months; accelerated: minutes')
        .choices(['calendar', 'accelerated'])
        .makeOptionMandatory(),
    )
    .option(
      '--max-renewals <number>',
      'end by itself after this many renewals; left out: renew until cancelled',
      renewals,
    )
    .action((projectId: string, options: { pace: TestStorePace; maxRenewals?: number }) =>
      withContext(async ({ ctx }) => {
        if ((await ctx.read.projects.get(projectId)) === null)
          fail(`there is no project ${projectId}; see 'purser project list'`)
        const setting = { testStorePace: options.pace, testStoreMaxRenewals: options.maxRenewals ?? null }
        await ctx.transaction(async (tx) => ok(await tx.projects.updateTestStore(projectId, setting)))
        print(JSON.stringify(await ctx.read.projects.get(projectId), null, 2))
      }),
    )
}

function renewals(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0 || number > RENEWALS_MAX) {
    throw new InvalidArgumentError(`a whole number from 0 to ${RENEWALS_MAX}`)
  }
  return number
}
