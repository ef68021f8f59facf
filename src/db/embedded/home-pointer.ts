import { join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'
import { ownerOf, readIfPresent, replaceFile } from './file-facts.ts'

/** Small file in the data folder that tells where the cluster is when it is not in there. */
export const POINTER_FILE = 'postgres.location.json'

/** Folder named by the pointer file of a data folder; undefined when there is no such file. */
export async function readPointer(dataDir: string): Promise<string | undefined> {
  const file = join(dataDir, POINTER_FILE)
  const text = await readIfPresent(file)
  if (text === undefined) return undefined
  if (process.getuid?.() === 0 && (await ownerOf(file))?.uid !== 0) {
    // Root changes owner and mode of the folder it leads to, so it follows only its own word.
    throw new EmbeddedError('not-permitted', `${file} must belong to root, who would follow it.`)
  }
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'home' in parsed && typeof parsed.home === 'string') {
      return parsed.home
    }
  } catch {
    // Falls through to the refusal: guessing a place would risk an empty database.
  }
  throw new EmbeddedError('cluster-missing', `${file} cannot be read; it names the database's folder.`)
}

/** Writes the pointer file. It is written before the cluster exists, so that a kill in between is healed at the same place. */
export async function writePointer(dataDir: string, home: string, userName: string): Promise<void> {
  const content = {
    home,
    note: `The database is kept there because its server runs as ${userName}, who cannot enter this folder. Back up both. Do not delete this file.`,
  }
  await replaceFile(join(dataDir, POINTER_FILE), `${JSON.stringify(content, null, 2)}\n`, 0o644)
}
