import { chown, copyFile, type FileHandle, open, stat, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exists } from './file-facts.ts'

/** Beyond this the log is set aside as `server.log.1`; with both files it stays below about twice this. */
const MAX_LOG_BYTES = 4 * 1024 * 1024
/** How often the size is looked at. A server in trouble writes a few megabytes in that time at most. */
export const LOG_CHECK_INTERVAL_MS = 30_000
/** Enough to show why a start failed. */
const MAX_TAIL_BYTES = 4_096

/** Opens the log for appending, as a file the server writes to by itself: it keeps working when this process is killed. */
export async function openLog(file: string): Promise<FileHandle> {
  const handle = await open(file, 'a', 0o640)
  try {
    const folder = await stat(dirname(file))
    if (process.getuid?.() === 0 && folder.uid !== 0) await chown(file, folder.uid, folder.gid)
  } catch {
    // Only a later start as the folder's owner would care, and it says so.
  }
  return handle
}

/**
 * Keeps the log bounded. The file is copied and emptied in place, because a server that outlived its Node process goes on
 * writing to the same open file; a line written in between may be lost.
 */
export async function boundLog(file: string, maxBytes: number = MAX_LOG_BYTES): Promise<boolean> {
  if (!(await exists(file)) || (await stat(file)).size <= maxBytes) return false
  await copyFile(file, `${file}.1`)
  await truncate(file)
  return true
}

/** Size of the log now, as the mark to read the tail from. */
export async function logMark(file: string): Promise<number> {
  return (await exists(file)) ? (await stat(file)).size : 0
}

/** What the server wrote since the mark, at most the last few kilobytes. */
export async function logSince(file: string, mark: number): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const start = Math.max(size < mark ? 0 : mark, size - MAX_TAIL_BYTES)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_TAIL_BYTES), 0, MAX_TAIL_BYTES, start)
    return buffer.subarray(0, bytesRead).toString('utf8').trim()
  } finally {
    await handle.close()
  }
}
