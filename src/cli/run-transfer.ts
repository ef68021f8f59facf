import type { Context } from '../app/open-context.ts'
import { withContext } from './context.ts'
import { fail } from './print.ts'
import { type ProgressLine, progressLine } from './progress-line.ts'

export type Watch = { signal: AbortSignal; line: ProgressLine }

/**
 * Runs an export or import with a progress line. The first Ctrl-C undoes what was begun, a second one ends the process
 * at once. What went wrong is told after the database was closed: ending before that would leave its server behind.
 */
export async function runTransfer<Value>(
  verb: string,
  work: (context: Context, watch: Watch) => Promise<Value>,
): Promise<Value> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    return await withContext(async (context) => {
      const line = progressLine(process.stderr, context.ctx.clock, verb)
      try {
        return await work(context, { signal: abort.signal, line })
      } finally {
        line.clear()
      }
    })
  } catch (error) {
    fail(abort.signal.aborted ? `stopped while ${verb}; nothing was changed` : messageOf(error))
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

/** What a person can act on. A message that is a whole sentence says it all; others leave the reason to their cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message.endsWith('.') || !(error.cause instanceof Error)
    ? error.message
    : `${error.message}: ${error.cause.message}`
}
