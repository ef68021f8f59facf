import { Command, Option } from 'commander'
import { replayEvents } from '../usecases/incoming/replay-events.ts'
import type { IncomingStatus } from '../usecases/ports/incoming.ts'
import type { Ctx } from '../usecases/ports.ts'
import { chooseProject } from '../usecases/projects/choose-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

/** Events listed: what a person looks through. */
const LISTED_MAX = 200

const STATUSES: readonly IncomingStatus[] = ['parked', 'pending', 'ignored', 'applied']

type Options = { project?: string; status: IncomingStatus; parked?: true }

export function webhookCommand(): Command {
  return new Command('webhook')
    .description("look into the events that a hosted RevenueCat's webhook sent, and have them applied again")
    .addCommand(list())
    .addCommand(replay())
}

function list(): Command {
  return ofProject(new Command('list'))
    .description('print the newest events in a state as JSON, with what became of each')
    .addOption(new Option('--status <status>', 'which events').choices(STATUSES).default('parked'))
    .action((options: Options) =>
      withContext(async ({ ctx }) => {
        const projectId = await projectOf(ctx, options)
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
  return ofProject(new Command('replay'))
    .description('have events applied again by the server, once what they waited for is mended')
    .argument('[event...]', 'event ids, of parked or ignored events')
    .option('--parked', 'all events that are parked')
    .action((eventIds: string[], options: Options) =>
      withContext(async ({ ctx }) => {
        if (eventIds.length === 0 && options.parked !== true) fail('name the events, or say --parked')
        const projectId = await projectOf(ctx, options)
        const count = await replayEvents(ctx, projectId, options.parked === true ? null : eventIds)
        print(`${count} to be applied by the server`)
      }),
    )
}

function ofProject(command: Command): Command {
  return command.option('--project <id>', 'project id; may be left out when there is only one')
}

async function projectOf(ctx: Ctx, { project }: Options): Promise<string> {
  const chosen = await chooseProject(ctx, project ?? null)
  if (chosen.ok) return chosen.value
  if (chosen.refusal.code === 'project_required') return fail("say which: --project; see 'purser project list'")
  return fail(`there is no project ${project}; see 'purser project list'`)
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
