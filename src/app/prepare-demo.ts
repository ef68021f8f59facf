import { join } from 'node:path'
import type { Ctx } from '../usecases/ports.ts'
import { createDemoProject } from '../usecases/projects/create-demo-project.ts'
import type { TokenSecrets } from '../usecases/token-secrets.ts'
import { type Credentials, readCredentials, writeCredentials } from './credentials-file.ts'

export type PreparedDemo = { credentials: Credentials; path: string; isNew: boolean }

export type DemoInput = {
  dataDir: string
  /** Address under which this server is reached. */
  url: string
  /** The admin secret that the settings give; null lets one be generated. */
  adminSecret: string | null
}

/**
 * Makes sure that there is a demo project and that its credentials are in the data folder. A file that belongs to
 * another database is replaced: secrets are stored as hashes only, so they cannot be written down again.
 */
export async function prepareDemo(ctx: Ctx, secrets: TokenSecrets, input: DemoInput): Promise<PreparedDemo> {
  const path = join(input.dataDir, 'credentials.json')
  const written = await readCredentials(path)
  const place = { url: input.url, dashboard_url: `${input.url}/` }
  if (written !== null && (await isOfThisDatabase(ctx, written))) {
    const credentials = { ...written, ...place, admin_secret: input.adminSecret ?? written.admin_secret }
    if (JSON.stringify(credentials) !== JSON.stringify(written)) await writeCredentials(path, credentials)
    return { credentials, path, isNew: false }
  }
  const demo = await createDemoProject(ctx, secrets)
  const credentials: Credentials = {
    url: place.url,
    project_id: demo.projectId,
    test_store_key: demo.testStoreKey,
    secret_key_v1: demo.secretKeyV1,
    secret_key_v2: demo.secretKeyV2,
    admin_secret: input.adminSecret ?? secrets.newToken(),
    dashboard_url: place.dashboard_url,
  }
  await writeCredentials(path, credentials)
  return { credentials, path, isNew: true }
}

async function isOfThisDatabase(ctx: Ctx, credentials: Credentials): Promise<boolean> {
  const app = await ctx.read.projects.appByPublicKey(credentials.test_store_key)
  return app?.projectId === credentials.project_id
}
