/**
 * `npm run build`: compiles src/ to dist/ and copies what the compiler leaves behind (SQL, pages, styles). Node strips
 * types only outside node_modules, so the published package and the container run dist/main.js.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'src')
const target = join(root, 'dist')
const SHEBANG = '#!/usr/bin/env node\n'

rmSync(target, { recursive: true, force: true })
compile('tsconfig.build.json')
cpSync(source, target, { recursive: true, filter: isAsset })
buildClient()
copyViewer()
makeExecutable(join(target, 'main.js'))

function compile(project) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const result = spawnSync(process.execPath, [compiler, '-p', join(root, project)], { stdio: 'inherit' })
  if (result.status !== 0) process.exit(1)
}

/** What runs needs, beside code: not the sources, not the documents, not what only tests read. */
function isAsset(path) {
  if (statSync(path).isDirectory()) return basename(path) !== 'fixtures'
  const name = relative(source, path)
  return !/\.(ts|md)$/.test(name)
}

/** dist/client is the package for apps, ready for `npm publish dist/client`; the try-it page is served from it too. */
function buildClient() {
  compile(join('client', 'tsconfig.json'))
  for (const name of ['package.json', 'README.md', 'LICENSE']) {
    cpSync(join(root, 'client', name), join(target, 'client', name))
  }
}

/** The viewer of the reference page is a development package: what is published carries the one file that it needs. */
function copyViewer() {
  for (const name of ['rapidoc-min.js', 'rapidoc-min.js.LICENSE.txt']) {
    cpSync(join(root, 'node_modules', 'rapidoc', 'dist', name), join(target, 'assets', name))
  }
}

function makeExecutable(path) {
  const code = readFileSync(path, 'utf8')
  if (!code.startsWith('#!')) writeFileSync(path, SHEBANG + code)
  chmodSync(path, 0o755)
}
