import { Command } from 'commander'
import { withContext } from './context.ts'
import { print } from './print.ts'

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database schema up to date and stop; a starting server does the same')
    .action(() => withContext(async ({ engine }) => print(`up to date: ${engine.label}`)))
}
