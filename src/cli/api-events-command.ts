import { Argument, Command } from 'commander'
import { setApiEvents } from '../usecases/webhooks/set-api-events.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { print } from './print.ts'

/** Shows the setting, or sets it when a word is given. */
export function apiEventsCommand(): Command {
  return withProjectOption(new Command('api-events'))
    .description('show or set whether changes of balances by operators and APIs are told to webhooks and the feed')
    .addArgument(new Argument('[state]', 'on or off').choices(['on', 'off']))
    .action((state: 'on' | 'off' | undefined, options: { project?: string }) =>
      withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, options.project)
        if (state !== undefined) await setApiEvents(ctx, projectId, state === 'on')
        const isOn = await ctx.read.eventFeed.tellsApiEvents(projectId)
        print(isOn ? 'on: changes by operators and APIs are told' : 'off: only purchases and what follows from them')
      }),
    )
}
