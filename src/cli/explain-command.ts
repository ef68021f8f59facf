import { Command } from 'commander'
import { tellAccess } from '../core/entitlements/tell-access.ts'
import { tellBalance } from '../core/wallet/tell-balance.ts'
import { explainAccess } from '../usecases/purchases/explain-access.ts'
import { explainBalance } from '../usecases/wallet/explain-balance.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

export function explainCommand(): Command {
  return new Command('explain')
    .description('say why something is what it is')
    .addCommand(balanceCommand())
    .addCommand(accessCommand())
}

function balanceCommand(): Command {
  return withProjectOption(new Command('balance'))
    .description('say where the units of a balance came from and went; exit code 1 when the ledger does not agree')
    .argument('<customer>', 'an app user id, as the app gave it to the SDK')
    .argument('<currency>', 'the code of the currency, such as CRD')
    .option('--json', 'print it as JSON')
    .action(async (appUserId: string, currency: string, options: { project?: string; json?: boolean }) => {
      const found = await withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, options.project)
        const explained = await explainBalance(ctx, { projectId, appUserId, currency })
        if (explained.ok) return explained.value.explanation
        return fail(`the balance of ${appUserId} cannot be explained: ${explained.refusal.code}`)
      })
      if (options.json) print(JSON.stringify(found, null, 2))
      else for (const line of tellBalance(found, appUserId)) print(line)
      const isBusy = found.check.outcome === 'busy'
      if (found.check.outcome === 'broken' || (!found.agrees && !isBusy))
        fail('the ledger does not agree with the balance')
    })
}

function accessCommand(): Command {
  return withProjectOption(new Command('access'))
    .description('say why a customer has access or not: store facts, owners, rules and units')
    .argument('<customer>', 'an app user id, as the app gave it to the SDK')
    .argument('[entitlement]', 'its lookup key, such as pro; all that the customer ever had when it is left out')
    .option('--json', 'print it as JSON')
    .action(
      async (appUserId: string, entitlement: string | undefined, options: { project?: string; json?: boolean }) => {
        const found = await withContext(async ({ ctx }) => {
          const projectId = await chosenProject(ctx, options.project)
          const explained = await explainAccess(ctx, { projectId, appUserId, entitlement: entitlement ?? null })
          return explained.ok ? explained.value : fail(`there is no customer ${appUserId} in ${projectId}`)
        })
        const { catalog: _, ...facts } = found
        if (options.json) print(JSON.stringify(facts, null, 2))
        else for (const line of tellAccess(found, appUserId)) print(line)
      },
    )
}
