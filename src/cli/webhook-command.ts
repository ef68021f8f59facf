import { Command, Option } from 'commander'
import { replayEvents } from '../usecases/incoming/replay-events.ts'
import type { IncomingStatus } from '../usecases/ports/incoming.ts'
import { apiEventsCommand } from './api-events-command.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

/** Events listed: what a person looks through. */
const LISTED_MAX = 200

const STATUSES: readonly IncomingStatus[] = ['parked', 'pending', 'ignored', 'applied']

type Options = { project?: string; status: IncomingStatus; parked?: true }

export function webhookCommand(): Command {
  return new Command('webhook')
    .description(
      "look into the events that a hosted RevenueCat's webhook sent, apply them again, and choose which are sent out",
    )
    .addCommand(list())
    .addCommand(replay())
    .addCommand(apiEventsCommand())
}

function list(): Command {
  return withProjectOption(new Command('list'))
    .description('print the newest events in a state as JSON, with what became of each')
    .addOption(new Option('--status <status>', 'which events').choices(STATUSES).default('parked'))
    .action((options: Options) =>
      withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, options.project)
        const events = await ctx.read.incoming.inStatus(projectId, options.status, LISTED_MAX)
        print(
          JSON.stringify(
            events.map((event) => ({ ...event, toldAt: iso(event.toldAt), receivedAt: iso(event.receivedAt) })),
            null,
            2,
          ),
        )
      }),
    )
}

function replay(): Command {
  return withProjectOption(new Command('replay'))
    .description('have events applied again by the server, once what they waited for is mended')
    .argument('[event...]', 'event ids, of parked or ignored events')
    .option('--parked', 'all events that are parked')
    .action((eventIds: string[], options: Options) =>
      withContext(async ({ ctx }) => {
        if (eventIds.length === 0 && options.parked !== true) fail('name the events, or say --parked')
        const projectId = await chosenProject(ctx, options.project)
        const count = await replayEvents(ctx, projectId, options.parked === true ? null : eventIds)
        print(`${count} to be applied by the server`)
      }),
    )
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
