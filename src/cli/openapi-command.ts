import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { describeOpenApi } from '../app/describe-openapi.ts'
import { fail, print } from './print.ts'
import { VERSION } from './version.ts'

/** For people who work on Purser: the OpenAPI documents are generated from the routes and committed. */
export function openApiCommand(): Command {
  return new Command('openapi')
    .description('write the OpenAPI documents of all surfaces to openapi/')
    .option('--check', 'write nothing; fail when a committed document is not current')
    .action(async (options: { check?: boolean }) => {
      const documents = await describeOpenApi(VERSION)
      if (!options.check) await mkdir('openapi', { recursive: true })
      for (const [name, document] of documents) {
        const path = `openapi/${name}.json`
        const text = `${JSON.stringify(document, null, 2)}\n`
        if (options.check) await expectCurrent(path, text)
        else await writeFile(path, text)
        print(options.check ? `${path} is current` : `wrote ${path}`)
      }
    })
}

async function expectCurrent(path: string, text: string): Promise<void> {
  const committed = await readFile(path, 'utf8').catch(() => '')
  if (committed !== text) fail(`${path} is not what the routes say: run 'npm run openapi' and commit it`)
}
