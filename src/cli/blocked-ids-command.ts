import { Command } from 'commander'
import { parseAppUserId } from '../core/customers/app-user-id.ts'
import {
  BLOCKED_IDS_MAX,
  blockAppUserId,
  listBlockedIds,
  unblockAppUserId,
} from '../usecases/customers/block-app-user-id.ts'
import type { Ctx } from '../usecases/ports.ts'
import { withProject } from './context.ts'
import { fail, print } from './print.ts'

/** Who blocks an id from the command line. */
const ACTOR = 'cli'

type Options = { block?: string; unblock?: string; reason?: string }

export function blockedIdsCommand(): Command {
  return new Command('blocked-ids')
    .description('print the app user ids that nobody may use as JSON, after changing what is given')
    .argument('<project>', 'project id')
    .option('--block <id>', 'delete whoever has the id, for good, and block it; needs --reason')
    .option('--reason <text>', 'why it is blocked')
    .option('--unblock <id>', 'let the id be used again, by somebody new')
    .action((projectId: string, options: Options) =>
      withProject(projectId, async ({ ctx }) => {
        if (options.block !== undefined) await block(ctx, projectId, options.block, options.reason)
        if (options.unblock !== undefined) await unblock(ctx, projectId, options.unblock)
        print(JSON.stringify(await listBlockedIds(ctx, projectId), null, 2))
      }),
    )
}

async function block(ctx: Ctx, projectId: string, id: string, reason: string | undefined): Promise<void> {
  const parsed = parseAppUserId(id)
  if (!parsed.ok || /\s/u.test(id)) return fail(`${JSON.stringify(id)} is not an app user id, or has blanks`)
  if (reason === undefined || reason.trim() === '') return fail('say why: --reason')
  const input = { projectId, appUserId: parsed.value, reason: reason.trim(), actor: ACTOR }
  const blocked = await blockAppUserId(ctx, input)
  if (!blocked.ok) fail(`a project has at most ${BLOCKED_IDS_MAX} blocked ids`)
}

async function unblock(ctx: Ctx, projectId: string, appUserId: string): Promise<void> {
  if (!(await unblockAppUserId(ctx, { projectId, appUserId }))) fail(`${appUserId} is not blocked`)
}
