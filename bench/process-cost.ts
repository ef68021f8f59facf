import { readFile } from 'node:fs/promises'

/** Ticks of processor time in a second, on every Linux. */
const TICKS_PER_SECOND = 100

/** Processor time that a process has used, in milliseconds. Linux only. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(user) + Number(system)) * 1_000) / TICKS_PER_SECOND
}

/** Memory of a process that is its own, in KiB: without pages that it shares with others. Linux only. */
export async function memoryKib(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const own = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)]
  return own.reduce((sum, [, size]) => sum + Number(size), 0)
}
