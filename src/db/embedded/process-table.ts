import { readdirSync, readFileSync, statSync } from 'node:fs'
import { runAs } from './run-as.ts'

/** A live process as far as we need it: whose it is, and its command line joined by spaces. */
export type ProcessFacts = { pid: number; uid: number; command: string }

/** State letter and start time out of `/proc/<pid>/stat` (proc_pid_stat(5)); the name may hold spaces and brackets. */
export function parseProcStat(text: string): { state: string; startTicks: string } | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const state = fields[0]
  // Field 22 of the whole line; two fields (pid, name) were cut off and counting starts at 1.
  const startTicks = fields[22 - 3]
  return state && startTicks ? { state, startTicks } : undefined
}

/** Reads lines of `ps -o pid=,uid=,stat=,command=`; dead entries are left out. */
export function parsePs(text: string): ProcessFacts[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(-?\d+)\s+(\S+)\s+(.*)$/.exec(line)
    if (!match?.[1] || !match[2] || match[3]?.startsWith('Z')) return []
    return [{ pid: Number(match[1]), uid: Number(match[2]), command: (match[4] ?? '').trimEnd() }]
  })
}

/**
 * A value that stays the same while this very process lives, and undefined once it is gone. A zombie counts as gone: where
 * nobody reaps orphans (a container whose first process is no init) it would seem to live for ever. On Linux the value holds
 * the start time, so a reused pid is another life.
 */
export function lifeOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined
  }
  if (process.platform !== 'linux') return 'alive'
  try {
    const stat = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return stat === undefined || 'ZX'.includes(stat.state) ? undefined : stat.startTicks
  } catch {
    return undefined
  }
}

function readProc(pid: number): ProcessFacts | undefined {
  if (lifeOf(pid) === undefined) return undefined
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '').replaceAll('\0', ' ')
    return { pid, uid: statSync(`/proc/${pid}`).uid, command }
  } catch {
    return undefined
  }
}

/** The live process with this pid; undefined when there is none. */
export async function inspectProcess(pid: number): Promise<ProcessFacts | undefined> {
  if (process.platform === 'linux') return readProc(pid)
  const outcome = await runAs(undefined, 'ps', ['-ww', '-o', 'pid=,uid=,stat=,command=', '-p', String(pid)])
  return parsePs(outcome.stdout)[0]
}

/** Every live process of the machine (of our own pid namespace). */
export async function listProcesses(): Promise<ProcessFacts[]> {
  if (process.platform !== 'linux') {
    return parsePs((await runAs(undefined, 'ps', ['-axww', '-o', 'pid=,uid=,stat=,command='])).stdout)
  }
  return readdirSync('/proc').flatMap((name) => {
    const facts = /^\d+$/.test(name) ? readProc(Number(name)) : undefined
    return facts === undefined ? [] : [facts]
  })
}
