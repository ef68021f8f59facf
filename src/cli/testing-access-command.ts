import { Argument, Command } from 'commander'
import { parseAppUserId } from '../core/customers/app-user-id.ts'
import { TESTERS_MAX, type TestingAccess } from '../core/entitlements/testing-access.ts'
import { setTestingAccess } from '../usecases/projects/set-customer-rules.ts'
import { withProject } from './context.ts'
import { fail, print } from './print.ts'

const MODES: ReadonlyArray<TestingAccess['mode']> = ['anybody', 'allow_listed', 'nobody']

export function testingAccessCommand(): Command {
  return new Command('testing-access')
    .description('set whose sandbox and Test Store purchases give access; units that they gave stay')
    .argument('<project>', 'project id')
    .addArgument(new Argument('<who>').choices(MODES))
    .argument('[ids...]', 'with allow_listed: all app user ids on the list')
    .action((projectId: string, mode: TestingAccess['mode'], ids: string[]) =>
      withProject(projectId, async ({ ctx }) => {
        if (ids.length > 0 && mode !== 'allow_listed') fail('only allow_listed takes ids')
        const access: TestingAccess =
          mode === 'allow_listed' ? { mode, appUserIds: new Set(ids.map(parsedId)) } : { mode }
        const set = await setTestingAccess(ctx, projectId, access)
        if (!set.ok) return fail(`the list has at most ${TESTERS_MAX} ids`)
        print(JSON.stringify({ mode, ids: mode === 'allow_listed' ? ids : [] }, null, 2))
      }),
    )
}

function parsedId(id: string): string {
  const parsed = parseAppUserId(id)
  return parsed.ok ? parsed.value : fail(`${JSON.stringify(id)} is not an app user id`)
}
