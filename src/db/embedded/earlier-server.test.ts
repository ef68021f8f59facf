import { describe, expect, it } from 'vitest'
import { judgeEarlierServer } from './earlier-server.ts'
import { parsePidFile } from './pid-file.ts'

const clusterDir = '/srv/my -app/data'
const expectedCommand = `/opt/pg -x/bin/postgres -D ${clusterDir} -c port=5432`
const pidFile = parsePidFile(`77\n${clusterDir}\n1795316937\n5432\n/run/x\n\n  2147525  4\nready   \n`)
const running = { pid: 77, uid: 101, command: expectedCommand }
const facts = { pidFile, process: running, serverUid: 101, clusterDir, expectedCommand }

describe('postmaster.pid', () => {
  it('is read with all its lines', () => {
    expect(pidFile).toEqual({ pid: 77, clusterDir, port: 5432, socketDir: '/run/x', status: 'ready' })
  })

  it('is read while the server starts, when only the first lines exist', () => {
    expect(parsePidFile('77\n/d\n')).toEqual({
      pid: 77,
      clusterDir: '/d',
      port: undefined,
      socketDir: undefined,
      status: undefined,
    })
    expect(parsePidFile('-77\n/d\n')?.pid).toBe(77)
  })

  it.each(['', '\n', '77', 'abc\n/d', '0\n/d'])('is no file to go by: %j', (text) => {
    expect(parsePidFile(text)).toBeUndefined()
  })
})

describe('a server found running', () => {
  it('is adopted only when it is exactly the one that would be started', () => {
    expect(judgeEarlierServer(facts)).toEqual({ verdict: 'adopt', pid: 77 })
  })

  it('is stopped when binary or settings differ, or when it is about to end', () => {
    const other = { ...running, command: `/usr/lib/postgresql/18/bin/postgres -D ${clusterDir}` }
    expect(judgeEarlierServer({ ...facts, process: other })).toEqual({ verdict: 'stop', pid: 77 })
    const stopping = parsePidFile(`77\n${clusterDir}\n1\n5432\n/run/x\n\n\nstopping\n`)
    expect(judgeEarlierServer({ ...facts, pidFile: stopping })).toEqual({ verdict: 'stop', pid: 77 })
  })

  it('is never a process that only has the pid: dead, of another user, another program, or of another folder', () => {
    const stale = { verdict: 'stale' }
    expect(judgeEarlierServer({ ...facts, process: undefined })).toEqual(stale)
    expect(judgeEarlierServer({ ...facts, process: { ...running, uid: 102 } })).toEqual(stale)
    expect(judgeEarlierServer({ ...facts, process: { ...running, command: `vim -D ${clusterDir}` } })).toEqual(stale)
    const sibling = { ...running, command: `/opt/pg -x/bin/postgres -D ${clusterDir}2 -c port=5432` }
    expect(judgeEarlierServer({ ...facts, process: sibling })).toEqual(stale)
  })

  it('is not looked for without a pid file', () => {
    expect(judgeEarlierServer({ ...facts, pidFile: undefined })).toEqual({ verdict: 'none' })
  })
})
