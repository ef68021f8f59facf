import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boundLog, logMark, logSince, openLog } from './server-log.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-log-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe("the server's log", () => {
  it('is emptied under an open writer and keeps one older part, so that it stays bounded', async () => {
    const file = join(folder, 'server.log')
    const writer = await openLog(file)
    await writer.write('old '.repeat(50))
    expect(await boundLog(file, 1_000)).toBe(false)
    expect(await boundLog(file, 100)).toBe(true)
    await writer.write('new')
    await writer.close()
    expect(await readFile(file, 'utf8')).toBe('new')
    expect((await stat(`${file}.1`)).size).toBe(200)
  })

  it('gives the end of what was written since a mark, also when it was emptied meanwhile', async () => {
    const file = join(folder, 'server.log')
    expect(await logMark(file)).toBe(0)
    await appendFile(file, 'before\n')
    const mark = await logMark(file)
    await appendFile(file, `${'x'.repeat(10_000)}\nlast words\n`)
    const tail = await logSince(file, mark)
    expect(tail).toMatch(/last words$/)
    expect(tail).not.toContain('before')
    expect(tail.length).toBeLessThanOrEqual(4_096)
    await boundLog(file, 10)
    await appendFile(file, 'anew')
    expect(await logSince(file, mark)).toBe('anew')
  })
})
