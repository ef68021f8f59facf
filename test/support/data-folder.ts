import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ENTERABLE = 0o755

/**
 * A new data folder for one test. Others may enter it, so that as root the database server, which runs as another user,
 * can work inside of it instead of leaving a cluster elsewhere.
 */
export async function newDataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'purser-test-'))
  await chmod(path, ENTERABLE)
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
