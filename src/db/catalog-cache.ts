import { isDeepStrictEqual } from 'node:util'
import type { Catalog } from '../core/catalog/catalog.ts'
import { type Clock, SECOND_MS } from '../core/lib/clock.ts'

/** How long an answer may be behind a change of the catalogue made by another process. */
const AGE_MAX_MS = 2 * SECOND_MS
/** Projects kept at a time; a server has a handful, and the oldest entry goes first. */
const PROJECTS_MAX = 1_000

/**
 * Keeps each project's catalogue for a moment, and lets callers who ask at the same time share one reading. What was
 * asked for before `forget` may still answer those who asked, but nobody after it. A catalogue that is read again and
 * has not changed is the same object, so that what was made of it is known to hold.
 */
export function cachedCatalogs(read: (projectId: string) => Promise<Catalog>, clock: Clock) {
  const kept = new Map<string, { readAt: number; catalog: Promise<Catalog> }>()
  const ofProject = async (projectId: string): Promise<Catalog> => {
    const entry = kept.get(projectId)
    const now = clock.now()
    if (entry !== undefined && now - entry.readAt < AGE_MAX_MS && now >= entry.readAt) return entry.catalog
    const catalog = readAgain(read(projectId), entry?.catalog)
    kept.delete(projectId)
    kept.set(projectId, { readAt: now, catalog })
    catalog.catch(() => kept.get(projectId)?.catalog === catalog && kept.delete(projectId))
    const [oldest] = kept.keys()
    if (kept.size > PROJECTS_MAX && oldest !== undefined) kept.delete(oldest)
    return catalog
  }
  return { ofProject, forget: (projectId: string): void => void kept.delete(projectId) }
}

async function readAgain(reading: Promise<Catalog>, before: Promise<Catalog> | undefined): Promise<Catalog> {
  const [now, then] = await Promise.all([reading, before?.catch(() => null)])
  return then !== null && then !== undefined && isDeepStrictEqual(now, then) ? then : now
}
