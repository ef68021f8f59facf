import { expect, it } from 'vitest'
import { countLines, filesBelow, read } from './source-tree.ts'

/** Words that say where a thing was put and not what it is. */
const EMPTY_WORDS = /(^|[/-])(utils?|helpers?|common|managers?|misc)([/.-]|$)/
const EMPTY_FILES = /(^|\/)(types|index)\.ts$/
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.d)?\.[a-z0-9]+$/
const NAMED_BY_CUSTOM = /^(README\.md|\d{4}_[a-z0-9_]+\.sql)$/

/** The rooms of src/ that ARCHITECTURE.md describes. A new one needs a place in the dependency rule first. */
const ROOMS =
  /^src\/((core|usecases|db|stores|credits-upstream|http|delivery|realtime|push|jobs|telemetry|config|cli|app)\/|(app|main)(\.test)?\.ts$)/

/** The longest file; Biome counts TypeScript and JavaScript, this counts the rest of what is written by hand. */
const MAX_LINES = 300

function nameFaults(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const faults: string[] = []
  if (EMPTY_WORDS.test(path) || EMPTY_FILES.test(path)) faults.push(`${path} is named after no idea`)
  if (!KEBAB_CASE.test(name) && !NAMED_BY_CUSTOM.test(name)) faults.push(`${path} is not in kebab-case`)
  if (!ROOMS.test(path)) faults.push(`${path} is in no room that the dependency rule knows`)
  return faults
}

it.each([
  'src/core/utils.ts',
  'src/http/lib/date-helpers.ts',
  'src/common/money.ts',
  'src/db/pool-manager.ts',
  'src/core/wallet/types.ts',
  'src/core/wallet/index.ts',
  'src/core/wallet/spendOrder.ts',
  'src/newroom/thing.ts',
])('%s is a name that is noticed', (path) => {
  expect(nameFaults(path)).not.toEqual([])
})

it.each(['src/core/wallet/spend-order.test.ts', 'src/db/migrations/0001_foundation.sql', 'src/core/wallet/README.md'])(
  '%s is a good name',
  (path) => {
    expect(nameFaults(path)).toEqual([])
  },
)

it('every source is named after its idea and stands in a known room', () => {
  expect(filesBelow('src').flatMap(nameFaults)).toEqual([])
})

it(`no stylesheet, page, script or SQL file has more than ${MAX_LINES} lines`, () => {
  const written = filesBelow('src', '.sql', '.css', '.html', '.js').filter((path) => path !== 'src/db/schema.sql')
  const long = written.filter((path) => countLines(read(path)) > MAX_LINES)
  expect(long).toEqual([])
})
