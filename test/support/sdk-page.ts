import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { readClient } from '../../src/http/pages/client-files.ts'

export type SdkPage = { url: string; close(): Promise<void> }

const ROOT = join(import.meta.dirname, '..', '..')
const HTML = '<!doctype html><html lang="en"><title>An app</title><script type="module" src="/app.js"></script>'

/**
 * Serves an app's page with an installed SDK, and Purser's client, from an origin of its own, as a real app's page would be: every call to
 * Purser crosses origins, so the browser asks Purser's permission first.
 */
export async function serveSdkPage(
  sdkPackage: string,
  script: 'shop.js' | 'hybrid-shop.js' | 'live-app.js',
): Promise<SdkPage> {
  const client = new Map((await readClient()).map(({ name, bytes }) => [`/${name}`, bytes]))
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === '/') return void response.setHeader('content-type', 'text/html').end(HTML)
    const part = client.get(path)
    if (part !== undefined) return void response.setHeader('content-type', 'text/javascript').end(part)
    const file = path.startsWith('/sdk/')
      ? join(ROOT, 'node_modules', sdkPackage, 'dist', basename(path))
      : join(ROOT, 'test', 'e2e', 'page', script)
    readFile(file).then(
      (text) => response.setHeader('content-type', 'text/javascript').end(text),
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
