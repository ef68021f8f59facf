import type { PreparedDemo } from '../app/prepare-demo.ts'

/** What `npm start` says: everything at the first start, one line later. */
export function demoBanner({ credentials, path, isNew }: PreparedDemo, engine: string): string[] {
  if (!isNew) return [`Purser is ready at ${credentials.url} (${engine}; keys in ${path})`]
  return [
    '',
    `Purser is ready at ${credentials.url} on ${engine}.`,
    '',
    `  Try it in the browser   ${credentials.url}/try`,
    `  API reference           ${credentials.url}/reference`,
    `  Keys and secrets        ${path}`,
    '',
    'The first call, with the public key of the demo app:',
    '',
    `  curl ${credentials.url}/v1/subscribers/anna -H 'Authorization: Bearer ${credentials.test_store_key}'`,
    '',
  ]
}
