import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Folders at the root that hold nothing written by hand. */
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', '.git', '.cache'])

/** The rules about what must exist hold from the day there is a program; before that the tree is still being laid out. */
export const isProgram = existsSync(join(root, 'src/main.ts'))

/** Every file below a folder of the project as a path from its root, sorted. A folder that does not exist has none. */
export function filesBelow(folder: string, ...endings: string[]): string[] {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  const found: string[] = []
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = relative(root, join(directory, entry.name)).split(sep).join('/')
      if (NOT_OURS.has(path)) continue
      if (entry.isDirectory()) visit(join(directory, entry.name))
      else if (entry.isFile()) found.push(path)
    }
  }
  visit(start)
  return found.filter((path) => endings.length === 0 || endings.some((ending) => path.endsWith(ending))).sort()
}

/** The folders directly in a folder of the project. */
export function foldersIn(folder: string): string[] {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  const entries = readdirSync(start, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`)
}

/** The text of a file named by its path from the root of the project. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Whether a path from the root of the project leads to a file or folder. */
export function exists(path: string): boolean {
  return existsSync(join(root, path))
}

/** How many lines a text has; the newline at its end begins no line. */
export function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
