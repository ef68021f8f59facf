import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the pages, held in memory: they are few, small, and the same until the next start. */
export type AssetFile = {
  /** Its path below `/assets/`. */
  readonly name: string
  readonly contentType: string
  readonly bytes: Buffer
  /** Names the content: equal bytes, equal hash. */
  readonly hash: string
}

/** The SDK as the browser loads it. */
export type SdkFile = AssetFile & { readonly version: string }

/** Every file that is served. What is not listed is not there, whatever path is asked for. */
const START_FILES = ['page.css', 'icon.svg']
const TRY_FILES = [
  'try.css',
  'try.js',
  'call-log.css',
  'call-log.js',
  'customer-app.js',
  'grant-command.js',
  'live-session.js',
  'one-at-a-time.js',
  'server-calls.js',
  'shop.css',
  'store-dialog.js',
  'view.js',
  'words.js',
]

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Enough of SHA-256 that two contents never share a name. */
const HASH_CHARACTERS = 22

/** Reads the files of the pages. Throws when one is missing, so that a broken package does not start. */
export async function readAssets(withDemo: boolean): Promise<AssetFile[]> {
  const folder = join(import.meta.dirname, 'assets')
  const names = withDemo ? [...START_FILES, ...TRY_FILES] : START_FILES
  return Promise.all(names.map(async (name) => assetFrom(name, await readFile(join(folder, name)))))
}

/** Reads the module build of RevenueCat's JavaScript SDK, as npm installed it, under the name `purchases.js`. */
export async function readSdk(): Promise<SdkFile> {
  const path = fileURLToPath(import.meta.resolve('@revenuecat/purchases-js'))
  const manifest = JSON.parse(await readFile(join(path, '..', '..', 'package.json'), 'utf8')) as { version: string }
  return { ...assetFrom('purchases.js', await readFile(path)), version: manifest.version }
}

/** A file by its name, whose ending says what it is. Throws when nobody knows. */
export function assetFrom(name: string, bytes: Buffer): AssetFile {
  const contentType = CONTENT_TYPES[extname(name)]
  if (contentType === undefined) throw new Error(`${name} has no content type`)
  return {
    name,
    contentType,
    bytes,
    hash: createHash('sha256').update(bytes).digest('base64url').slice(0, HASH_CHARACTERS),
  }
}
