import { join } from 'node:path'
import { EmbeddedError } from './embedded-error.ts'
import { exists, readIfPresent, replaceFile } from './file-facts.ts'
import type { Home } from './home.ts'
import { POINTER_FILE, readPointer, writePointer } from './home-pointer.ts'

/**
 * Ties a data folder and its cluster in a system folder together, both ways. Call it with the lock held. A copied data folder
 * still points to the original's cluster, and two installations would take turns on one database: that is refused. A moved
 * data folder is recognised by the old place being gone.
 *
 * @returns whether the tie is new.
 * @throws EmbeddedError `copied-folder`.
 */
export async function claimHome(home: Home): Promise<boolean> {
  const other = await otherOrigin(home)
  if (other !== undefined) {
    throw new EmbeddedError(
      'copied-folder',
      `The data folder ${home.dataDir} is a copy of ${other}: both point to the database in ${home.folder}. To start this one with an empty database, delete postgres.location.json in it; to bring the data over, use export and import.`,
    )
  }
  if ((await readIfPresent(join(home.folder, 'origin'))) !== `${home.dataDir}\n`) {
    await replaceFile(join(home.folder, 'origin'), `${home.dataDir}\n`, 0o644)
  }
  if ((await readPointer(home.dataDir)) === home.folder) return false
  await writePointer(home.dataDir, home.folder, home.user?.name ?? 'another user')
  return true
}

async function otherOrigin(home: Home): Promise<string | undefined> {
  const origin = (await readIfPresent(join(home.folder, 'origin')))?.trim()
  if (origin === undefined || origin === '' || origin === home.dataDir) return undefined
  const stillThere = (await exists(join(origin, POINTER_FILE))) && (await readPointer(origin)) === home.folder
  return stillThere ? origin : undefined
}
