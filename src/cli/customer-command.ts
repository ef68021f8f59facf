import { Command } from 'commander'
import { deleteCustomer } from '../usecases/customers/delete-customer.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

/** Who deletions that are ordered here are booked under: whoever can run commands on the server. */
const ACTOR = 'command line'

export function customerCommand(): Command {
  return new Command('customer').description('do something about one customer').addCommand(deleteCommand())
}

function deleteCommand(): Command {
  return withProjectOption(new Command('delete'))
    .description('delete a customer with all ids, attributes, purchases and history, for ever; see docs/operate')
    .argument('<app user id>', 'any of the ids of the customer')
    .option('--yes', 'nothing is deleted without it: it cannot be undone')
    .action(async (appUserId: string, { project, yes }: { project?: string; yes?: boolean }) => {
      if (yes !== true) fail(`this deletes ${appUserId} for ever; add --yes to do it`)
      await withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, project)
        const deleted = await deleteCustomer(ctx, { projectId, appUserId, by: ACTOR })
        if (!deleted.ok) fail(`nobody in ${projectId} has used the app as ${appUserId}`)
        print(`${appUserId} is deleted`)
      })
    })
}
