/**
 * `npm run check`: runs every check of checks.mjs, two at a time, and says of each whether it is fine; what a failed one
 * printed follows its line. `npm run check -- types "dead code"` runs only those named. Ends with 1 when one has failed.
 */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { allChecks } from './checks.mjs'

/** One for each core of the smallest machine that Purser is developed on. */
const AT_ONCE = 2
/** Lines shown of a failed check: enough to work with, little enough to see the next one. */
const MAX_LINES = 200

const root = fileURLToPath(new URL('..', import.meta.url))
const env = {
  ...process.env,
  PATH: join(root, 'node_modules', '.bin') + delimiter + process.env.PATH,
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
}

process.chdir(root)
process.exitCode = await main(process.argv.slice(2))

async function main(names) {
  const known = allChecks()
  const unknown = names.filter((name) => !known.some((check) => check.name === name))
  if (unknown.length > 0) {
    console.error(`no check is named ${unknown.join(', ')}. There are: ${known.map((check) => check.name).join(', ')}`)
    return 1
  }
  const queue = known.filter((check) => names.length === 0 || names.includes(check.name))
  const totals = { fine: 0, failed: 0, skipped: 0 }
  await Promise.all(Array.from({ length: AT_ONCE }, () => work(queue, totals)))
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
  console.log(`checks: ${totals.fine} fine, ${totals.failed} failed${skipped}`)
  return totals.failed > 0 ? 1 : 0
}

/** One worker: takes the next check until none is left. */
async function work(queue, totals) {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const outcome = await judge(check)
    totals[outcome.verdict] += 1
    console.log(`${outcome.verdict.padEnd(8)}${check.name} ${outcome.note}`)
    if (outcome.output) console.log(shorten(outcome.output).replace(/^/gm, '        '))
  }
}

async function judge(check) {
  if (check.skipped) return { verdict: 'skipped', note: check.skipped }
  if (check.commands.length === 0) return { verdict: 'failed', note: '(there is no file to check)' }
  const startedAt = performance.now()
  for (const [program, ...args] of check.commands) {
    const { code, output } = await run(program, args)
    if (code !== 0) return { verdict: 'failed', note: `(${[program, ...args].join(' ')}: ${code})`, output }
  }
  return { verdict: 'fine', note: `(${((performance.now() - startedAt) / 1000).toFixed(1)} s)` }
}

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('error', (error) => resolve({ code: 'could not start', output: error.message }))
    child.on('close', (code, signal) =>
      resolve({ code: code ?? signal, output: Buffer.concat(chunks).toString('utf8') }),
    )
  })
}

/** Some of the tools colour what they print whatever they are asked. */
function shorten(output) {
  const lines = stripVTControlCharacters(output).trim().split('\n')
  if (lines.length <= MAX_LINES) return lines.join('\n')
  return [...lines.slice(0, MAX_LINES), `... and ${lines.length - MAX_LINES} more lines`].join('\n')
}
