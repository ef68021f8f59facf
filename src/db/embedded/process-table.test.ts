import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { inspectProcess, lifeOf, parseProcStat, parsePs } from './process-table.ts'

describe('reading the process table', () => {
  it('finds state and start time behind a process name with spaces and brackets', () => {
    const rest = Array.from({ length: 18 }, (_, index) => `f${index}`).join(' ')
    expect(parseProcStat(`12 (odd) name (x) S ${rest} 987654 0 0`)).toEqual({ state: 'S', startTicks: '987654' })
    expect(parseProcStat('')).toBeUndefined()
  })

  it('reads ps and leaves zombies out', () => {
    const text = '    1     0 Ss   /sbin/launchd\n  12    -2 Z    (postgres)\n 345   501 S+   /a b/postgres -D /x  \n'
    expect(parsePs(text)).toEqual([
      { pid: 1, uid: 0, command: '/sbin/launchd' },
      { pid: 345, uid: 501, command: '/a b/postgres -D /x' },
    ])
  })

  it('knows this very process by its command line, and that a process that ended is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()', 'marker'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    expect(lifeOf(pid)).toBeDefined()
    expect(await inspectProcess(pid)).toMatchObject({
      pid,
      uid: process.getuid?.(),
      command: expect.stringMatching(/ marker$/),
    })
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(lifeOf(pid)).toBeUndefined()
    expect(await inspectProcess(pid)).toBeUndefined()
  })
})
