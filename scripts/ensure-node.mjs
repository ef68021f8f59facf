/** Checks that npm scripts will run on a Node that can run TypeScript. */
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, unlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bundled = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url))

/** The major that Purser is built and tested on; the platform packages carry it. */
const BUNDLED_MAJOR = 24
/** The first version that runs TypeScript sources without a flag. */
const OLDEST = [22, 18]

/** Throws when neither the Node from npm nor the one running now is new enough. */
export function checkNode() {
  if (existsSync(bundled)) {
    const { stdout } = spawnSync(bundled, ['--version'], { encoding: 'utf8' })
    if (parseVersion(stdout)[0] === BUNDLED_MAJOR) return
  }
  // A binary for another C library cannot start here, and would stand before the working one on the PATH of npm scripts.
  if (isLink(bundled)) {
    process.stdout.write('purser: the Node that came from npm does not run here; using the one on the PATH\n')
    unlinkSync(bundled)
  }
  const [major, minor] = parseVersion(process.version)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new Error(
    `Node ${OLDEST.join('.')} or later is needed and this is ${process.version}. npm has no Node ${BUNDLED_MAJOR} for ` +
      `${process.platform}-${process.arch}: install Node ${BUNDLED_MAJOR} from https://nodejs.org and try again.`,
  )
}

function parseVersion(text) {
  const match = /^v(\d+)\.(\d+)/.exec(text ?? '')
  return match ? [Number(match[1]), Number(match[2])] : [0, 0]
}

/** True for a link that leads nowhere as well. */
function isLink(path) {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
