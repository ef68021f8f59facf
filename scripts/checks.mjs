/** What `npm run check` runs: each check has a name, a command, and for some what must exist before they mean anything. */
import { existsSync, readdirSync } from 'node:fs'

/**
 * The checks, longest first so that two at a time end together. `commands` must all succeed, and there must be some:
 * a check that finds nothing to judge has failed. `skipped` says why there cannot be anything yet.
 */
export function allChecks() {
  const unbuilt = existsSync('src/main.ts') ? undefined : 'because src/main.ts does not exist yet'
  const documents = files('openapi', '.json')
  const migrations = files('src/db/migrations', '.sql')
  return [
    {
      name: 'types',
      commands: [
        ['tsc', '--noEmit', '-p', '.'],
        ['tsc', '--noEmit', '-p', 'src/http/pages/assets'],
        ['tsc', '--noEmit', '-p', 'client'],
      ],
    },
    { name: 'tidy', commands: [['vitest', 'run', '--project', 'unit', 'test/tidy']] },
    {
      name: 'openapi lint',
      commands: documents.length > 0 ? [['redocly', 'lint', ...documents]] : [],
      skipped: unbuilt,
    },
    { name: 'dead code', commands: deadCode(unbuilt) },
    { name: 'openapi is current', commands: [['node', 'src/main.ts', 'openapi', '--check']], skipped: unbuilt },
    {
      name: 'format and lint',
      commands: [['biome', 'ci', '--error-on-warnings', '--diagnostic-level=warn', '.']],
    },
    { name: 'dependency rule', commands: [['depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'client/src']] },
    { name: 'sql lint', commands: migrations.length > 0 ? [['squawk', ...migrations]] : [] },
  ]
}

/** The second look counts only what starts from main.ts: a file that only its own test imports is dead as well. */
function deadCode(unbuilt) {
  const everything = ['knip', '--no-config-hints']
  const shipped = ['knip', '--production', '--include', 'files,dependencies', '--no-config-hints']
  return unbuilt ? [everything] : [everything, shipped]
}

function files(folder, ending) {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`)
}
