import { Command, Option } from 'commander'
import { createTokenSecrets } from '../app/token-secrets.ts'
import { ok } from '../core/lib/result.ts'
import type { SecretKeyVersion } from '../core/projects/api-keys.ts'
import { addSecretKey } from '../usecases/projects/create-project.ts'
import { withProject } from './context.ts'
import { print } from './print.ts'

type KeyOptions = { label: string; api: SecretKeyVersion; scope: string[] }

export function keyCommand(): Command {
  return new Command('key').description('secret keys of a project').addCommand(create())
}

function create(): Command {
  return new Command('create')
    .description('add a secret key and print it: this is the only time that it can be seen')
    .argument('<project>', 'project id')
    .requiredOption('--label <label>', 'for people: what the key is for')
    .addOption(new Option('--api <version>', 'the REST API that it opens').choices(['v1', 'v2']).makeOptionMandatory())
    .option('--scope <scope...>', 'permissions of a v2 key, or * for all', ['*'])
    .action((projectId: string, { label, api, scope }: KeyOptions) =>
      withProject(projectId, async ({ ctx }) => {
        const input = { projectId, label, version: api, scopes: scope }
        const created = await ctx.transaction(async (tx) =>
          ok(await addSecretKey(tx, ctx, createTokenSecrets(), input)),
        )
        if (created.ok) print(created.value)
      }),
    )
}
