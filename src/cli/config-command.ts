import { Command } from 'commander'
import { describeSettings, formatSettingRows } from '../config/describe.ts'
import { print } from './print.ts'
import { loadSettings } from './settings.ts'

export function configCommand(): Command {
  return new Command('config')
    .description('show every setting, its effective value and where it came from; secrets are masked')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => {
      const rows = describeSettings(loadSettings())
      print(options.json ? JSON.stringify(rows, null, 2) : formatSettingRows(rows))
    })
}
