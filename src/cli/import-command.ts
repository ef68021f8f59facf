import { resolve } from 'node:path'
import { Command } from 'commander'
import { importFromFile } from '../app/transfer.ts'
import { importReceiptsCommand } from './import-receipts-command.ts'
import { print } from './print.ts'
import { count } from './progress-line.ts'
import { runTransfer } from './run-transfer.ts'

export function importCommand(): Command {
  return new Command('import')
    .description('fill an empty database with an export; all of it or, when anything is wrong, nothing')
    .argument('<file>', "file that 'purser export' wrote")
    .option('--json', 'print what was imported as JSON')
    .action(async (file: string, options: { json?: boolean }) => {
      const report = await runTransfer('importing', (context, { signal, line }) =>
        importFromFile(context, {
          file: resolve(file),
          signal,
          onProgress: line.rows,
          onCheck: () => line.say('checking the ledger'),
        }),
      )
      if (options.json) print(JSON.stringify(report, null, 2))
      else print(`imported ${count(report.rows)} rows from ${report.file}; counts, checksum and ledger are right`)
    })
    .addCommand(importReceiptsCommand())
}
