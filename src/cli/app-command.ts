import { Command, Option } from 'commander'
import { createTokenSecrets } from '../app/token-secrets.ts'
import { ok } from '../core/lib/result.ts'
import type { Store } from '../core/projects/project.ts'
import { addApp } from '../usecases/projects/create-project.ts'
import { withProject } from './context.ts'
import { print } from './print.ts'

const STORES: readonly Store[] = [
  'test_store',
  'app_store',
  'mac_app_store',
  'play_store',
  'amazon',
  'stripe',
  'rc_billing',
  'paddle',
  'roku',
  'galaxy',
]

export function appCommand(): Command {
  return new Command('app').description('apps and their public keys').addCommand(create())
}

function create(): Command {
  return new Command('create')
    .description('add an app to a project and print it with its public key as JSON')
    .argument('<project>', 'project id')
    .requiredOption('--name <name>', 'for people')
    .addOption(new Option('--store <store>', 'the store that it sells in').choices(STORES).makeOptionMandatory())
    .action((projectId: string, { name, store }: { name: string; store: Store }) =>
      withProject(projectId, async ({ ctx }) => {
        const input = { projectId, name, store }
        const created = await ctx.transaction(async (tx) => ok(await addApp(tx, ctx, createTokenSecrets(), input)))
        if (created.ok) print(JSON.stringify(created.value, null, 2))
      }),
    )
}
