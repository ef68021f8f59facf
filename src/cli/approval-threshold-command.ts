import { Command } from 'commander'
import { isApprovalThreshold, THRESHOLD_MAX } from '../core/operators/approval.ts'
import { setApprovalThreshold } from '../usecases/operators/set-approval-threshold.ts'
import { withProject } from './context.ts'
import { fail, print } from './print.ts'

/** Shows the setting, or sets it when a value is given. */
export function approvalThresholdCommand(): Command {
  return new Command('approval-threshold')
    .description('show or set how many units one person may grant or take; more needs a second person')
    .argument('<project>', 'project id')
    .argument('[units]', 'a whole number, or off')
    .action(async (projectId: string, units: string | undefined) => {
      const threshold = units === undefined ? undefined : parseThreshold(units)
      await withProject(projectId, async ({ ctx }) => {
        if (threshold !== undefined) await setApprovalThreshold(ctx, projectId, threshold)
        const now = await ctx.read.approvals.threshold(projectId)
        print(now === null ? 'off: no change needs a second person' : `changes above ${now} units need a second person`)
      })
    })
}

function parseThreshold(text: string): number | null {
  if (text === 'off') return null
  const units = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return isApprovalThreshold(units) ? units : fail(`units: must be a whole number from 0 to ${THRESHOLD_MAX}, or off`)
}
