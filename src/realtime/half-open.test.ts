import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { customerChange, startGateway } from '../../test/support/realtime-client.ts'
import { SILENT_MAX } from '../http/lib/silent-connections.ts'

/** Guarantee: connections that never speak do not keep out those that do. */

/** As many as the brief asks for, unless the machine allows fewer open files; some are left for everything else. */
const WANTED = 10_000
const SPARE_FILES = 1_000

const SCRIPT = join(import.meta.dirname, '..', '..', 'test', 'support', 'silent-clients.mjs')

const children: ChildProcess[] = []
let rig: Awaited<ReturnType<typeof startGateway>> | undefined

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rig?.close()
})

/** Open files that this process may have; each end of a connection is one, and the other end is another process. */
function openFilesMax(): number {
  const { userLimits } = process.report.getReport() as unknown as { userLimits: { open_files: { soft: number } } }
  const { soft } = userLimits.open_files
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}

it(`serves sockets, streams, polls and bootstraps while ${WANTED} connections (or what the machine allows) never speak`, async () => {
  const count = Math.min(WANTED, openFilesMax() - SPARE_FILES)
  if (count < WANTED) process.stderr.write(`half-open: ${count} connections, since this machine allows no more\n`)
  expect(count).toBeGreaterThan(SILENT_MAX)
  rig = await startGateway()
  const before = await rig.connect(await rig.token('anna', 'before'))
  const child = spawn(process.execPath, [SCRIPT, String(rig.port), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [opened] = await once(child.stdout, 'data')
  expect(Number(String(opened))).toBe(count)

  const startedAt = performance.now()
  const socket = await rig.connect(await rig.token('anna', 'socket'))
  const stream = await rig.stream(`?token=${await rig.token('anna', 'stream')}`)
  await stream.until('connected')
  const bootstrapped = await rig.ask('/v1/sessions/realtime-bootstrap', {
    method: 'POST',
    headers: { authorization: 'Bearer user.anna' },
  })
  expect(bootstrapped.status).toBe(200)
  expect((await rig.ask(`/realtime/poll?token=${bootstrapped.body.token}`)).status).toBe(200)
  rig.bus.publish(customerChange('cust_anna', 2))
  for (const client of [before, socket]) expect((await client.next()).event).toBe('usage.changed')
  expect(await stream.until('usage.changed')).not.toBeNull()
  // Far below the timeouts that end a silent connection: nobody waited for one of them to go.
  expect(performance.now() - startedAt).toBeLessThan(5_000)

  const open = await promisify(rig.server.getConnections.bind(rig.server))()
  expect(open).toBeLessThanOrEqual(SILENT_MAX + 20)
}, 60_000)
