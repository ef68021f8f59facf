import { Command, InvalidArgumentError, Option } from 'commander'
import { ok } from '../core/lib/result.ts'
import type { TestStorePace } from '../core/projects/project.ts'
import { withProject } from './context.ts'
import { print } from './print.ts'

const RENEWALS_MAX = 1_000

export function testStoreCommand(): Command {
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
      withProject(projectId, async ({ ctx }) => {
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
