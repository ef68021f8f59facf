import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newDataFolder } from '../test/support/data-folder.ts'
import { startServer } from '../test/support/server-process.ts'
import { alone, type Benchmark } from './measurement.ts'

/** How long a start takes until the server is ready, and the memory at rest: ours, and the database server's. */
export const startup: Benchmark = {
  name: 'startup',
  async run() {
    const folder = await newDataFolder()
    try {
      const first = await timed(() => startServer(folder.path))
      await first.value.stop()
      const later = await timed(() => startServer(folder.path))
      const postmaster = Number(
        (await readFile(join(folder.path, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
      )
      const [ours, theirs] = [await memoryOf([later.value.pid]), await memoryOf(await withChildren(postmaster))]
      await later.value.stop()
      return [
        alone('first start until ready', 'ms', first.ms),
        alone('later start until ready', 'ms', later.ms),
        alone('memory at rest, Purser', 'MiB', ours),
        alone('memory at rest, embedded PostgreSQL', 'MiB', theirs),
      ]
    } finally {
      await folder.remove()
    }
  },
}

async function timed<Value>(work: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const startedAt = performance.now()
  const value = await work()
  return { value, ms: performance.now() - startedAt }
}

/** Proportional set size: pages that processes share are counted once. Linux only. */
async function memoryOf(pids: readonly number[]): Promise<number> {
  const sizes = pids.map(async (pid) => {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1024
}

async function withChildren(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const family = [parent]
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) family.push(Number(pid))
  }
  return family
}
