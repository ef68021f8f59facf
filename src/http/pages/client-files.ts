import { readdir, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname, join } from 'node:path'
import { type AssetFile, assetFrom } from './asset-files.ts'

/** Where the page finds the entry of the client. Its other modules are beside it. */
export const CLIENT_URL = '/assets/client/connect-realtime.js'

/** Whether this program runs from its sources; a built one has the client as JavaScript in its own folder. */
const isSource = extname(import.meta.filename) === '.ts'

const FOLDER = isSource
  ? join(import.meta.dirname, '..', '..', '..', 'client', 'src')
  : join(import.meta.dirname, '..', '..', 'client')

/** Reads the modules of `@purser/client` as a browser can load them. */
export async function readClient(): Promise<AssetFile[]> {
  const names = (await readdir(FOLDER)).filter((name) => (isSource ? /(?<!\.test)\.ts$/ : /\.js$/).test(name))
  return Promise.all(names.map(async (name) => moduleFrom(name, await readFile(join(FOLDER, name), 'utf8'))))
}

function moduleFrom(name: string, code: string): AssetFile {
  const runnable = isSource ? javascriptFrom(code) : code
  return assetFrom(`client/${name.replace(/\.ts$/, '.js')}`, Buffer.from(runnable))
}

/** What the compiler makes of a source of the client, without the compiler: types go, and imports name the result. */
function javascriptFrom(code: string): string {
  return withoutWarnings(() => stripTypeScriptTypes(code)).replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'")
}

/** Node runs this very file by the same function without a word, but warns whoever calls it. */
function withoutWarnings<Value>(work: () => Value): Value {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}
