/** Installs the npm packages when node_modules does not hold what package-lock.json asks for. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const LOCK = `${root}package-lock.json`
/** npm's own note of what it put into node_modules. */
const INSTALLED = `${root}node_modules/.package-lock.json`
/** Our note that node_modules was found to fit: reading it is all that a normal start costs. */
const STAMP = `${root}node_modules/.purser-stamp`

/** True when node_modules fits package-lock.json on this platform. */
export function packagesAreCurrent() {
  if (!existsSync(LOCK)) throw new Error('package-lock.json is missing: is this a complete copy of the project?')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp()) return true
  return installedByHand()
}

/** Notes that node_modules fits, so that the next check is quick. */
export function rememberPackages() {
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp()) writeFileSync(STAMP, stamp())
}

/** Runs `npm ci`. Throws with what to do when it fails. */
export function installPackages() {
  process.stdout.write('purser: installing packages (npm ci), which takes a minute or two\n')
  // Development and platform packages are needed even where NODE_ENV or npm's settings leave them out.
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error']
  const result = runNpm(args)
  if (result.error || result.status !== 0) {
    const reason = result.error ? result.error.message : `it ended with code ${result.status ?? result.signal}`
    throw new Error(
      `npm ci failed (${reason}). Check the connection to the npm registry, then run "npm ci" here and try again.`,
    )
  }
}

function stamp() {
  const hash = createHash('sha256').update(readFileSync(LOCK)).digest('hex')
  return `${hash} ${process.platform} ${process.arch}\n`
}

/** A developer's own `npm install` is as good as ours: each package that npm must have put here has the locked version. */
function installedByHand() {
  if (!existsSync(INSTALLED)) return false
  const wanted = JSON.parse(readFileSync(LOCK, 'utf8')).packages
  const present = JSON.parse(readFileSync(INSTALLED, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    if (present[path]) return present[path].version === entry.version && existsSync(`${root}${path}/package.json`)
    // npm leaves out what is for other platforms; what is for this one must be there.
    return entry.optional === true && !isForThisPlatform(entry)
  })
}

function isForThisPlatform({ os, cpu, libc = ['glibc'] }) {
  return [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch) && libc.includes('glibc')
}

function runNpm(args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }
  // Inside an npm script npm says where it is; that also works where `npm` is a shell function or not on the PATH.
  const npm = process.env.npm_execpath
  if (npm?.endsWith('.js')) return spawnSync(process.execPath, [npm, ...args], options)
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}
