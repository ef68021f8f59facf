import { lstat, mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { codeOf, exists } from './file-facts.ts'

/** List of symlinks that npm cannot carry; the package's own install script would make them, but scripts may be off. */
export const LINKS_FILE = 'pg-symlinks.json'

type Link = { at: string; to: string }

/**
 * Reads the package's list. Its paths start with the name of the folder that holds the list; both sides come back relative to
 * that folder. Entries that would lead outside of it are left out.
 */
export function parseLinks(text: string): Link[] {
  const entries: unknown = JSON.parse(text)
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry: { source?: unknown; target?: unknown }) => {
    if (typeof entry?.source !== 'string' || typeof entry.target !== 'string') return []
    const to = entry.source.replace(/^native\//, '')
    const at = entry.target.replace(/^native\//, '')
    return [to, at].some((path) => path.startsWith('/') || path.split('/').includes('..')) ? [] : [{ at, to }]
  })
}

/**
 * Makes the missing symlinks of an unpacked package, given the folder above `bin`. Folders without a list need none.
 *
 * @returns false when a link is missing and this process may not write there.
 */
export async function makeLinks(root: string): Promise<boolean> {
  const list = join(root, LINKS_FILE)
  if (!(await exists(list))) return true
  for (const { at, to } of parseLinks(await readFile(list, 'utf8'))) {
    const path = join(root, ...at.split('/'))
    if (await isThere(path)) continue
    try {
      await mkdir(dirname(path), { recursive: true })
      await symlink(
        relative(dirname(path), join(root, ...to.split('/')))
          .split(sep)
          .join('/'),
        path,
      )
    } catch (error) {
      // Two starts at once may both make it.
      if (codeOf(error) === 'EEXIST') continue
      if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) return false
      throw error
    }
  }
  return true
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
