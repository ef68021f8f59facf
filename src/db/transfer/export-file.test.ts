import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readExportFile, writeExportFile } from './export-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-file-'))
  path = join(folder, 'a.gz')
  return () => rm(folder, { recursive: true, force: true })
})

async function* text(...parts: string[]) {
  yield* parts
}

async function* breaking(): AsyncGenerator<string> {
  yield 'begun\n'
  throw new Error('the database is gone')
}

async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('an export file', () => {
  it('comes back as it was written, and only its owner can read it', async () => {
    const large = 'é\u2028'.repeat(500_000)
    const bytes = await writeExportFile(path, text('one\n', large, '\n'), { force: false })
    expect(await readExportFile(path, textOf)).toBe(`one\n${large}\n`)
    expect(await stat(path)).toMatchObject({ size: bytes, mode: 0o100600 })
    expect(await readdir(folder)).toEqual(['a.gz'])
  })

  it('leaves nothing behind when the text breaks off, and the old file as it was', async () => {
    await expect(writeExportFile(path, breaking(), { force: false })).rejects.toThrow('the database is gone')
    expect(await readdir(folder)).toEqual([])
    await writeFile(path, 'old')
    await expect(writeExportFile(path, breaking(), { force: true })).rejects.toThrow('the database is gone')
    expect(await readdir(folder)).toEqual(['a.gz'])
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  it('does not replace a file that appears while it is written', async () => {
    async function* slow() {
      yield 'text\n'
      await writeFile(path, 'precious')
    }
    await expect(writeExportFile(path, slow(), { force: false })).rejects.toMatchObject({ fault: 'target-exists' })
    expect(await readFile(path, 'utf8')).toBe('precious')
    expect(await readdir(folder)).toEqual(['a.gz'])
  })

  it('replaced by force is as private as a new one', async () => {
    await writeFile(path, 'old')
    await chmod(path, 0o644)
    await writeExportFile(path, text('new\n'), { force: true })
    expect(await stat(path)).toMatchObject({ mode: 0o100600 })
  })

  it('says where it cannot be written or read', async () => {
    const nowhere = join(folder, 'missing', 'a.gz')
    const refusal = (fault: string) => ({ fault, message: expect.stringContaining(nowhere) })
    await expect(writeExportFile(nowhere, text('x'), { force: false })).rejects.toMatchObject(refusal('cannot-write'))
    await expect(readExportFile(nowhere, textOf)).rejects.toMatchObject(refusal('cannot-read'))
    await expect(readExportFile(folder, textOf)).rejects.toMatchObject({ fault: 'cannot-read' })
  })

  it('with any one bit changed is refused, or says the same', async () => {
    const said = 'row\n'.repeat(20)
    await writeExportFile(path, text(said), { force: false })
    const whole = await readFile(path)
    const heard: string[] = []
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const changed = Buffer.from(whole)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await writeFile(path, changed)
      heard.push(await readExportFile(path, textOf).catch((error) => error.name))
    }
    expect(new Set(heard)).toEqual(new Set(['TransferError', said]))
    expect(heard.filter((word) => word === said).length).toBeLessThan(heard.length / 3)
  })

  it('lets go of the file when its reader gives up', async () => {
    await writeExportFile(path, text('x'.repeat(1_000_000)), { force: false })
    const givenUp = readExportFile(path, async (source) => {
      for await (const _ of source) throw new Error('enough')
    })
    await expect(givenUp).rejects.toThrow('enough')
  })
})
