/** Finds or installs what the tests need beside npm packages: Debian's PostgreSQL, Chromium and Redis. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { chromiumPath, debianPostgresBin, redisServerPath } from './system-tools.mjs'

const TOOLS = [
  { package: 'postgresql', find: debianPostgresBin, skipped: "the integration tests on Debian's PostgreSQL" },
  { package: 'chromium', find: chromiumPath, skipped: 'the browser tests' },
  { package: 'redis-server', find: redisServerPath, skipped: 'the chaos test' },
]

/** Debian's package would start a server of its own; the tests start theirs. Read only while the package is installed. */
const NO_MAIN_CLUSTER = '/etc/postgresql-common/createcluster.d/purser.conf'

/** What Debian's packages ask before they start a server; 101 forbids it. Containers mostly have one already. */
const START_POLICY = '/usr/sbin/policy-rc.d'

/** Installs what is missing where it may, else says what will be skipped. Throws where nothing may be skipped. */
export function ensureTestTools() {
  const missing = absentTools()
  if (missing.length === 0) return
  if (mayInstall()) install(missing.map((tool) => tool.package))
  const absent = absentTools()
  if (absent.length === 0) return

  const what = absent.map((tool) => tool.skipped).join(' and ')
  const how = `sudo apt-get update && sudo apt-get install ${absent.map((tool) => tool.package).join(' ')}`
  if (process.env.CI === 'true' || process.env.PURSER_TEST_REQUIRE === 'all') {
    throw new Error(`${what} cannot run, and here nothing may be skipped. On Debian: ${how}`)
  }
  process.stdout.write(`purser: skipping ${what}. To run them, on Debian: ${how}\n`)
}

function absentTools() {
  return TOOLS.filter((tool) => tool.find() === undefined)
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

function install(packages) {
  process.stdout.write(`purser: installing ${packages.join(' and ')} (apt-get), which takes a minute or two\n`)
  const fresh = packages.includes('postgresql') && !existsSync(NO_MAIN_CLUSTER)
  if (fresh) {
    mkdirSync(dirname(NO_MAIN_CLUSTER), { recursive: true })
    writeFileSync(NO_MAIN_CLUSTER, 'create_main_cluster = false\n')
  }
  const startsServers = packages.includes('redis-server') && !existsSync(START_POLICY)
  if (startsServers) writeFileSync(START_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    aptGet(['update', '-qq'])
    aptGet(['install', '-y', '-qq', '--no-install-recommends', ...packages])
  } finally {
    if (fresh) rmSync(NO_MAIN_CLUSTER)
    if (startsServers) rmSync(START_POLICY)
  }
}

/** What apt-get says is shown only when it fails: it is long, and what matters is whether the tools are there after it. */
function aptGet(args) {
  const result = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  if (result.error || result.status !== 0) {
    const reason = result.error?.message ?? `${result.stdout}${result.stderr}`.trim().split('\n').slice(-10).join('\n')
    process.stderr.write(`purser: apt-get ${args[0]} failed:\n${reason}\n`)
  }
}
