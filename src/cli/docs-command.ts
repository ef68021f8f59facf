import { readFile, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { withConformanceTable } from '../app/describe-conformance.ts'
import { describeMigratedSchema } from '../app/describe-migrated-schema.ts'
import { settingsToEnvExample } from '../config/env-example.ts'
import { settingsToMarkdown } from '../config/markdown.ts'
import { print } from './print.ts'

/** For people who work on Purser: writes the files that are generated from the sources. Tests hold them to be current. */
export function docsCommand(): Command {
  return new Command('docs')
    .description(
      'write .env.example, docs/configuration.md, the calls in docs/compatibility.md and src/db/schema.sql anew',
    )
    .action(async () => {
      const files = {
        '.env.example': settingsToEnvExample(),
        'docs/configuration.md': settingsToMarkdown(),
        'docs/compatibility.md': withConformanceTable(await readFile('docs/compatibility.md', 'utf8')),
        'src/db/schema.sql': await describeMigratedSchema(),
      }
      for (const [path, text] of Object.entries(files)) {
        await writeFile(path, text)
        print(`wrote ${path}`)
      }
    })
}
