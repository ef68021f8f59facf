import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What `npm start` writes for the person who tries Purser. The names are fixed: other programs read this file. */
export type Credentials = {
  url: string
  project_id: string
  test_store_key: string
  secret_key_v1: string
  secret_key_v2: string
  admin_secret: string
  dashboard_url: string
}

const OWNER_ONLY = 0o600

/** Reads the file; null when there is none, or when it is not whole. */
export async function readCredentials(path: string): Promise<Credentials | null> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isCredentials(parsed) ? parsed : null
  } catch {
    return null
  }
}

/** Replaces the file in one step, readable by its owner alone, so that a crash leaves the old or the new one. */
export async function writeCredentials(path: string, credentials: Credentials): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: OWNER_ONLY })
  await chmod(draft, OWNER_ONLY)
  await rename(draft, path)
}

function isCredentials(value: unknown): value is Credentials {
  const names = ['project_id', 'test_store_key', 'secret_key_v1', 'secret_key_v2', 'admin_secret']
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string')
  )
}
