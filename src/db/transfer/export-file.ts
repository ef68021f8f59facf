import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { codeOf, exists, syncFolder } from '../embedded/file-facts.ts'
import { damaged, notAnExport, TransferError } from './transfer-error.ts'

/** The file holds personal data and the hashes of keys. */
const OWNER_ONLY = 0o600
const NAME_BYTES = 4
/** Bytes of text at a time: each chunk becomes one insert, so this bounds its size and keeps the number of trips low. */
const CHUNK_BYTES = 256 * 1024

const LOST_CONNECTION = /^(EPIPE|ETIMEDOUT|ECONN|EHOST|ENET|ENOTFOUND|EAI_)/

export type WriteOptions = { force: boolean; signal?: AbortSignal }

/** Refuses a path that is taken, unless it may be replaced. */
export async function refuseTakenPath(path: string, force: boolean): Promise<void> {
  if (force || !(await exists(path))) return
  throw new TransferError('target-exists', `${path} exists already. Choose another name, or replace it with --force.`)
}

/**
 * Writes an export: compressed, readable by its owner alone, and in its place only when it is complete and on disk.
 *
 * @returns the size of the file in bytes.
 * @throws TransferError `target-exists` or `cannot-write`; nothing is left behind then.
 */
export async function writeExportFile(
  path: string,
  text: AsyncIterable<string>,
  { force, signal }: WriteOptions,
): Promise<number> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(NAME_BYTES).toString('hex')}.part`)
  const file = await openDraft(draft, path)
  try {
    // `flush`: on disk before it gets its name, or a power cut could leave a whole name on half a file.
    const target = file.createWriteStream({ flush: true })
    await pipeline(text, createGzip(), target, { ...(signal && { signal }) })
    await refuseTakenPath(path, force)
    await rename(draft, path)
    // Windows has no such call, and keeps renames by itself.
    if (process.platform !== 'win32') await syncFolder(dirname(path))
    return (await stat(path)).size
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw isFileFault(error) ? cannotWrite(path, error) : error
  }
}

/**
 * Hands the text of an export file to `consume`.
 *
 * @throws TransferError `cannot-read`, `no-export` or `damaged`.
 */
export async function readExportFile<Value>(
  path: string,
  consume: (text: AsyncIterable<Uint8Array>) => Promise<Value>,
  signal?: AbortSignal,
): Promise<Value> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const text = createGunzip({ chunkSize: CHUNK_BYTES })
  // An error of either, and an abort, reach the consumer through `text`. The decompressor works on another thread and may
  // report once more after everybody has left: that must not end the process.
  text.on('error', () => undefined)
  pipeline(file, text, { ...(signal && { signal }) }).catch(() => undefined)
  try {
    return await consume(text)
  } catch (error) {
    throw readFault(path, error)
  } finally {
    text.destroy()
    file.destroy()
  }
}

async function openDraft(draft: string, path: string): Promise<FileHandle> {
  try {
    return await open(draft, 'wx', OWNER_ONLY)
  } catch (error) {
    throw cannotWrite(path, error)
  }
}

function readFault(path: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  if (message === 'incorrect header check') return notAnExport({ cause: error })
  if (codeOf(error)?.startsWith('Z_')) return damaged(message, { cause: error })
  if (!isFileFault(error)) return error
  return new TransferError('cannot-read', `${path} cannot be read: ${message}`, { cause: error })
}

function cannotWrite(path: string, error: unknown): TransferError {
  const message = error instanceof Error ? error.message : String(error)
  return new TransferError('cannot-write', `${path} cannot be written: ${message}`, { cause: error })
}

/** Errors of the system that are not about the connection to the database, which may be lost at the same time. */
function isFileFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && !LOST_CONNECTION.test(codeOf(error) ?? '')
}
