/**
 * Makes `npm start` and `npm test` work on a fresh clone: `node scripts/ensure.mjs start|test`.
 * `start` installs the packages when they are missing or older than package-lock.json; `test` also finds or installs
 * Debian's PostgreSQL and Chromium. Prints one line for each thing it does and nothing when all is there.
 * It runs before anything is installed, so it uses Node's own modules only and keeps to what Node 18 knows.
 *
 * package.json calls it in brackets, `(node scripts/ensure.mjs start) && node ...`: a shell remembers where it found
 * `node`, and only a shell of its own forgets it, so that the command after it finds the Node 24 that npm has just put
 * first on the PATH. Not as `prestart`: npm runs no such scripts where `ignore-scripts` is set, as it is here.
 */

import { checkNode } from './ensure-node.mjs'
import { installPackages, packagesAreCurrent, rememberPackages } from './ensure-packages.mjs'
import { ensureTestTools } from './ensure-test-tools.mjs'

const MODES = ['start', 'test']

const mode = process.argv[2]
try {
  if (!MODES.includes(mode)) throw new Error(`usage: node scripts/ensure.mjs ${MODES.join('|')}`)
  if (!packagesAreCurrent()) installPackages()
  checkNode()
  rememberPackages()
  if (mode === 'test') ensureTestTools()
} catch (error) {
  process.stderr.write(`purser: ${error.message}\n`)
  process.exitCode = 1
}
