import { lstat, open, readFile, rename, writeFile } from 'node:fs/promises'

/** The system error code (such as `ENOENT`) or SQLSTATE of a thrown value, when it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether something is at this path. A path that may not be looked at throws, because "absent" would be a guess. */
export async function exists(path: string): Promise<boolean> {
  return (await ownerOf(path)) !== undefined
}

/** Owner of a file or folder (a symlink itself, not its target); undefined when nothing is there. */
export async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const { uid, gid } = await lstat(path)
    return { uid, gid }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** A whole small text file; undefined when it does not exist. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces a file in one step, so that a reader after a kill sees the old text or the new text, never a part. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.new`
  await writeFile(draft, text, { mode, flush: true })
  await rename(draft, path)
}

/** Makes renames inside a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
