import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { DocumentFault } from '../core/usage/document-place.ts'
import { setUsageConfig } from '../usecases/usage/set-usage-config.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'
import { usageCapCommand } from './usage-cap-command.ts'

/** Who the versions that are set here are booked under: whoever can run commands on the server. */
const ACTOR = 'command line'

/** A configuration that uses every bound has about this size. */
const FILE_MAX_LENGTH = 1_000_000

type Options = { project?: string }

export function usageCommand(): Command {
  return new Command('usage')
    .description("read and set a project's usage configuration: meters, tiers, prices")
    .addCommand(get())
    .addCommand(set())
    .addCommand(usageCapCommand())
}

function get(): Command {
  return withProjectOption(new Command('get'))
    .description('print the configuration in force as JSON')
    .action((options: Options) =>
      withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, options.project)
        const stored = await ctx.read.usage.config(projectId)
        if (stored === null) fail(`usage is not configured in ${projectId}; see 'purser usage set'`)
        print(JSON.stringify(stored.document, null, 2))
      }),
    )
}

function set(): Command {
  return withProjectOption(new Command('set'))
    .description('put a configuration into force, or say all that is wrong with it')
    .argument('<file>', 'a JSON file')
    .action(async (file: string, options: Options) => {
      const document = await readDocument(file)
      await withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, options.project)
        const set = await setUsageConfig(ctx, { projectId, document, actor: ACTOR })
        if (!set.ok) fail(faultsToText(file, set.refusal.faults))
        const { config, changed } = set.value
        const { version } = config
        print(
          changed ? `version ${version} is in force in ${projectId}` : `nothing to change: it is version ${version}`,
        )
      })
    })
}

async function readDocument(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: Error) => fail(`${file} cannot be read: ${error.message}`))
  if (text.length > FILE_MAX_LENGTH) fail(`${file} is longer than ${FILE_MAX_LENGTH} characters`)
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function faultsToText(file: string, faults: readonly DocumentFault[]): string {
  const lines = faults.map(({ pointer, problem }) => `  ${pointer === '' ? 'the document' : pointer} ${problem}`)
  return [`${file} was not put into force:`, ...lines].join('\n')
}
