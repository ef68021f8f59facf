import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { copyBinaries } from './binary-copy.ts'
import { LINKS_FILE, makeLinks } from './binary-links.ts'
import { binaryPlaces } from './binary-places.ts'
import { EmbeddedError, USE_OWN_SERVER } from './embedded-error.ts'
import { exists } from './file-facts.ts'
import type { Home } from './home.ts'
import { runAs } from './run-as.ts'

/** Server programs that the server's user can run. `version` is such as `18.4`. */
export type Binaries = { binDir: string; version: string; major: number; copied: boolean }

/** Older servers lack features that the schema uses. */
const OLDEST_MAJOR = 15

/** Reads the answer of `postgres --version`; undefined when it is something else. */
export function parseVersion(text: string): { version: string; major: number } | undefined {
  const match = /PostgreSQL\)? (\d+)(\S*)/.exec(text)
  return match?.[1] ? { version: `${match[1]}${match[2] ?? ''}`, major: Number(match[1]) } : undefined
}

/**
 * Finds the server's programs: in the caller's folder when given, else in the npm package, else on the system. Programs of
 * the package that the server's user cannot run, or whose symlinks cannot be made in place, are copied into the home folder.
 *
 * @throws EmbeddedError `no-binaries` naming every place and why it did not do.
 */
export async function findBinaries(home: Home, binDir: string | undefined): Promise<Binaries> {
  const places = binDir === undefined ? binaryPlaces() : [{ binDir, origin: 'given' }]
  const reasons: string[] = []
  for await (const place of places) {
    const found = await openBinaries(place.binDir, home)
    if (typeof found !== 'string') return found
    reasons.push(`${place.binDir} (${place.origin}): ${found}`)
  }
  const tried = reasons.length === 0 ? 'nothing was found' : reasons.join('; ')
  throw new EmbeddedError(
    'no-binaries',
    `No PostgreSQL server program (${OLDEST_MAJOR} or newer) can be run here: ${tried}. Install PostgreSQL with your system's package manager. ${USE_OWN_SERVER}`,
  )
}

/** The programs of one folder, or in words why they cannot be used. */
async function openBinaries(given: string, home: Home): Promise<Binaries | string> {
  const missing = await missingProgram(given)
  if (missing !== undefined) return missing
  const binDir = await realpath(given)
  const root = dirname(binDir)
  const linked = await makeLinks(root)
  const direct = await probe(binDir, home, false)
  if (typeof direct !== 'string' && linked) return direct.major < OLDEST_MAJOR ? tooOld(direct) : direct
  // Only the package is one folder that works anywhere; a system's installation must be reachable as it is.
  if (!(await exists(join(root, LINKS_FILE)))) return typeof direct === 'string' ? direct : tooOld(direct)
  return probe(await copyBinaries(root, home.folder), home, true)
}

const tooOld = (found: Binaries) => `PostgreSQL ${found.version} is too old`

async function missingProgram(binDir: string): Promise<string | undefined> {
  for (const program of ['postgres', 'initdb']) {
    if (!(await exists(join(binDir, program)))) return `has no ${program}`
  }
  return undefined
}

async function probe(binDir: string, home: Home, copied: boolean): Promise<Binaries | string> {
  // initdb calls postgres through a shell, with no more than double quotes around the path.
  if (/["$`\\]/.test(binDir)) return 'its path holds one of the characters " $ ` \\, which initdb cannot cope with'
  const outcome = await runAs(home.user, join(binDir, 'postgres'), ['--version'])
  const version = outcome.ok ? parseVersion(outcome.stdout) : undefined
  if (version !== undefined) return { binDir, ...version, copied }
  const cause = outcome.stderr.trim().split('\n')[0] || outcome.error?.message || outcome.stdout.trim()
  return `cannot be run by ${home.user?.name ?? 'this user'} (${cause})`
}
