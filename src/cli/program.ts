import { Command } from 'commander'
import { appCommand } from './app-command.ts'
import { bulkCommand } from './bulk-command.ts'
import { configCommand } from './config-command.ts'
import { currencyCommand } from './currency-command.ts'
import { customerCommand } from './customer-command.ts'
import { docsCommand } from './docs-command.ts'
import { explainCommand } from './explain-command.ts'
import { exportCommand } from './export-command.ts'
import { healthcheckCommand } from './healthcheck-command.ts'
import { importCommand } from './import-command.ts'
import { keyCommand } from './key-command.ts'
import { ledgerCommand } from './ledger-command.ts'
import { migrateCommand } from './migrate-command.ts'
import { openApiCommand } from './openapi-command.ts'
import { operatorCommand } from './operator-command.ts'
import { projectCommand } from './project-command.ts'
import { serveCommand } from './serve-command.ts'
import { signingCommand } from './signing-command.ts'
import { usageCommand } from './usage-command.ts'
import { VERSION } from './version.ts'
import { webhookCommand } from './webhook-command.ts'

/** The command line. Each command is a file of its own. */
export function createProgram(): Command {
  return new Command('purser')
    .description('Self-hosted server for in-app purchases, subscriptions, entitlements and credits.')
    .version(VERSION)
    .addCommand(serveCommand())
    .addCommand(configCommand())
    .addCommand(projectCommand())
    .addCommand(appCommand())
    .addCommand(keyCommand())
    .addCommand(operatorCommand())
    .addCommand(currencyCommand())
    .addCommand(customerCommand())
    .addCommand(usageCommand())
    .addCommand(signingCommand())
    .addCommand(migrateCommand())
    .addCommand(ledgerCommand())
    .addCommand(bulkCommand())
    .addCommand(explainCommand())
    .addCommand(webhookCommand())
    .addCommand(exportCommand())
    .addCommand(importCommand())
    .addCommand(healthcheckCommand())
    .addCommand(openApiCommand())
    .addCommand(docsCommand())
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what is possible)')
}
