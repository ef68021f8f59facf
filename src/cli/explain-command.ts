import { Command } from 'commander'
import { tellBalance } from '../core/wallet/tell-balance.ts'
import { explainBalance } from '../usecases/wallet/explain-balance.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

export function explainCommand(): Command {
  return new Command('explain').description('say why something is what it is').addCommand(balanceCommand())
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
