import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { WebSocket } from 'ws'

/** Ticks of processor time in a second, on every Linux. */
const TICKS_PER_SECOND = 100

/** Processor time that a process has used, in milliseconds. Linux only. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(user) + Number(system)) * 1_000) / TICKS_PER_SECOND
}

const MEMORY = '(({ heapUsed, external }) => (heapUsed + external) / 1024)(process.memoryUsage())'

/**
 * Memory that a Node process holds once its garbage is collected, in KiB. Asked of its inspector (`--inspect`): what the
 * system counts is mostly garbage of earlier requests. Buffers of the kernel are not in it.
 */
export async function memoryKib(inspectorPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)
  const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '')
  await once(socket, 'open')
  const ask = async (method: string, params: object = {}): Promise<{ result?: { result?: { value?: number } } }> => {
    socket.send(JSON.stringify({ id: 1, method, params }))
    const [data] = (await once(socket, 'message')) as [Buffer]
    return JSON.parse(data.toString())
  }
  try {
    await ask('HeapProfiler.collectGarbage')
    await ask('HeapProfiler.collectGarbage')
    const value = (await ask('Runtime.evaluate', { expression: MEMORY, returnByValue: true })).result?.result?.value
    if (value === undefined) throw new Error('the process did not say how much memory it holds')
    return value
  } finally {
    socket.terminate()
  }
}
