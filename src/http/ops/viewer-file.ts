import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const FILE = 'rapidoc-min.js'

/**
 * Where the viewer of OpenAPI documents (RapiDoc, MIT) may be: beside the built program, or among the packages of
 * those who develop it.
 */
export function viewerPaths(): string[] {
  const built = fileURLToPath(new URL(`../../assets/${FILE}`, import.meta.url))
  try {
    return [built, createRequire(import.meta.url).resolve(`rapidoc/dist/${FILE}`)]
  } catch {
    return [built]
  }
}

/** The contents of the first file that exists; null when there is none, and then the page does without. */
export async function readViewer(paths: readonly string[]): Promise<Buffer | null> {
  for (const path of paths) {
    try {
      return await readFile(path)
    } catch {
      // The next place may have it.
    }
  }
  return null
}
