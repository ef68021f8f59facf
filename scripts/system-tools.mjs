/**
 * Where the tests find what npm does not carry: Debian's PostgreSQL, Chromium and Redis.
 * Plain JavaScript without dependencies: scripts/ensure.mjs reads it before anything is installed, on Node 18 too.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const POSTGRES_ROOT = '/usr/lib/postgresql'
const CHROMIUM = '/usr/bin/chromium'
const REDIS = '/usr/bin/redis-server'

/** The newest PostgreSQL 15 or later that has the server and pgbench, as the path of its bin folder. */
export function debianPostgresBin() {
  if (!existsSync(POSTGRES_ROOT)) return undefined
  const majors = readdirSync(POSTGRES_ROOT)
    .map(Number)
    .filter((major) => major >= 15)
    .sort((a, b) => b - a)
  return majors
    .map((major) => join(POSTGRES_ROOT, String(major), 'bin'))
    .find((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'pgbench')))
}

/** Debian's Chromium, which playwright-core drives. */
export function chromiumPath() {
  return existsSync(CHROMIUM) ? CHROMIUM : undefined
}

/** Debian's Redis server, which the tests start and kill. */
export function redisServerPath() {
  return existsSync(REDIS) ? REDIS : undefined
}
