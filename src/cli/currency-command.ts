import { Command, InvalidArgumentError, Option } from 'commander'
import { type CurrencyPolicy, DEFAULT_POLICY } from '../core/wallet/policy.ts'
import { setCurrencyPolicy } from '../usecases/catalog/set-currency-policy.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'

type Options = {
  project?: string
  debt?: CurrencyPolicy['debtPolicy']
  transfers?: 'on' | 'off'
  floor?: number
}

export function currencyCommand(): Command {
  return new Command('currency').description('see and set how a currency behaves').addCommand(policy())
}

function policy(): Command {
  return withProjectOption(new Command('policy'))
    .description('print the policy of a currency as JSON, after changing what is given')
    .argument('<code>', 'such as CRD')
    .addOption(
      new Option('--debt <policy>', 'what a refund does about spent units').choices(['clamp', 'debt', 'block']),
    )
    .addOption(new Option('--transfers <on|off>', 'whether users may give units to each other').choices(['on', 'off']))
    .option('--floor <units>', 'what a deduction must leave in a balance', floorOf)
    .action((code: string, { project, ...options }: Options) =>
      withContext(async ({ ctx }) => {
        const projectId = await chosenProject(ctx, project)
        const set = await setCurrencyPolicy(ctx, { projectId, code, change: changeOf(options) })
        if (!set.ok) return fail(`there is no currency ${code} in ${projectId}`)
        print(JSON.stringify(set.value.policy, null, 2))
      }),
    )
}

function changeOf({ debt, transfers, floor }: Options): Partial<CurrencyPolicy> {
  return {
    ...(debt !== undefined && { debtPolicy: debt }),
    ...(transfers !== undefined && { transfersAllowed: transfers === 'on' }),
    ...(floor !== undefined && { floor }),
  }
}

function floorOf(text: string): number {
  const floor = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (floor <= DEFAULT_POLICY.cap) return floor
  throw new InvalidArgumentError(`must be a whole number from 0 to ${DEFAULT_POLICY.cap}`)
}
