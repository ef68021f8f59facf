import { exportDatabase } from '../db/transfer/export-database.ts'
import { readExportFile, refuseTakenPath, writeExportFile } from '../db/transfer/export-file.ts'
import { importDatabase } from '../db/transfer/import-database.ts'
import type { TransferProgress, TransferSummary } from '../db/transfer/transfer-progress.ts'
import type { Context } from './open-context.ts'

export type { TransferProgress } from '../db/transfer/transfer-progress.ts'

export type TransferReport = TransferSummary & { file: string; durationMs: number }
export type ExportReport = TransferReport & { bytes: number }

type TransferOptions = { file: string; onProgress: (progress: TransferProgress) => void; signal?: AbortSignal }

/** Writes everything the database holds at this moment to a file. `version` is that of this program. */
export async function exportToFile(
  { ctx, engine }: Context,
  options: TransferOptions & { force: boolean; version: string },
): Promise<ExportReport> {
  const { file, onProgress } = options
  const startedAt = ctx.clock.now()
  await refuseTakenPath(file, options.force)
  let bytes = 0
  const summary = await exportDatabase(
    engine.database,
    { clock: ctx.clock, purser: options.version, onProgress },
    async (text) => {
      bytes = await writeExportFile(file, text, options)
    },
  )
  return { file, ...summary, bytes, durationMs: ctx.clock.now() - startedAt }
}

/** Fills the empty database with what a file holds, or changes nothing. */
export async function importFromFile(
  { ctx, engine }: Context,
  options: TransferOptions & { onCheck: () => void },
): Promise<TransferReport> {
  const { file } = options
  const startedAt = ctx.clock.now()
  const summary = await readExportFile(file, (text) => importDatabase(engine.database, text, options), options.signal)
  return { file, ...summary, durationMs: ctx.clock.now() - startedAt }
}
