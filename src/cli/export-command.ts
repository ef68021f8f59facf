import { resolve } from 'node:path'
import { Command } from 'commander'
import { exportToFile } from '../app/transfer.ts'
import { print } from './print.ts'
import { count } from './progress-line.ts'
import { runTransfer } from './run-transfer.ts'
import { VERSION } from './version.ts'

export function exportCommand(): Command {
  return new Command('export')
    .description('write the whole database to a file: for backups, for a move to another server, for major upgrades')
    .argument('<file>', 'file to write, such as purser.export.gz; it holds personal data and is readable by you alone')
    .option('--force', 'replace the file if it exists')
    .option('--json', 'print what was exported as JSON')
    .action(async (file: string, options: { force?: boolean; json?: boolean }) => {
      const report = await runTransfer('exporting', (context, { signal, line }) =>
        exportToFile(context, {
          file: resolve(file),
          force: options.force === true,
          version: VERSION,
          signal,
          onProgress: line.rows,
        }),
      )
      if (options.json) print(JSON.stringify(report, null, 2))
      else print(`exported ${count(report.rows)} rows to ${report.file} (${count(report.bytes)} bytes)`)
    })
}
