import { createHash } from 'node:crypto'
import {
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { join } from 'node:path'
import { makeLinks } from './binary-links.ts'
import { exists } from './file-facts.ts'

/**
 * Copies an unpacked package (the folder above `bin`, about 60 MB) into the home folder, where the server's user can run it.
 * Done once per version; copies of other versions go, so there is never more than one. Call it with the lock held.
 *
 * @returns the copy's `bin` folder.
 */
export async function copyBinaries(root: string, home: string): Promise<string> {
  const { size, mtimeMs } = await stat(join(root, 'bin', 'postgres'))
  const identity = createHash('sha256').update(`${root}\n${size}\n${mtimeMs}`).digest('hex').slice(0, 16)
  const shelf = join(home, 'binaries')
  const copy = join(shelf, identity)
  if (!(await exists(copy))) {
    await rm(shelf, { recursive: true, force: true })
    await mkdir(shelf, { recursive: true })
    await chmod(shelf, 0o755)
    const draft = join(shelf, 'new')
    await copyTree(root, draft)
    await makeLinks(draft)
    await rename(draft, copy)
  }
  return join(copy, 'bin')
}

/** Copies a tree and opens it to everyone for reading, whatever the umask was when the source was unpacked. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await chmod(to, 0o755)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) {
      await copyTree(source, target)
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target)
    } else if (entry.isFile()) {
      // Costs nothing where the file system can share blocks.
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      await chmod(target, (await lstat(source)).mode & 0o100 ? 0o755 : 0o644)
    }
  }
}
