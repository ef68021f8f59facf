import { publicKeyPrefix, type SecretKeyVersion } from '../../core/projects/api-keys.ts'
import type { App, Project, Store } from '../../core/projects/project.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'

/** Adds an app with a new public key. */
export async function addApp(
  tx: Tx,
  ctx: Ctx,
  secrets: TokenSecrets,
  input: { projectId: string; name: string; store: Store },
): Promise<App> {
  const publicKey = `${publicKeyPrefix(input.store)}${secrets.newToken()}`
  const app: App = { appId: ctx.ids.next('app'), publicKey, ...input }
  await tx.projects.insertApp(app, ctx.clock.now())
  return app
}

/** Adds a secret key and answers it: the only time that it can be seen. Only its hash is stored. */
export async function addSecretKey(
  tx: Tx,
  ctx: Ctx,
  secrets: TokenSecrets,
  input: { projectId: string; label: string; version: SecretKeyVersion; scopes: string[] },
): Promise<string> {
  const secret = `sk_${secrets.newToken()}`
  await tx.projects.insertSecretKey(
    { keyId: ctx.ids.next('key'), hash: secrets.hash(secret), ...input },
    ctx.clock.now(),
  )
  return secret
}

/** Adds an empty project with the defaults of a new one: purchases follow whoever posts them, Test Store in real time. */
export async function addProject(tx: Tx, ctx: Ctx, input: Pick<Project, 'name' | 'isDemo'>): Promise<Project> {
  const project: Project = {
    projectId: ctx.ids.next('project'),
    ...input,
    restoreBehavior: 'transfer',
    testStorePace: 'calendar',
    testStoreMaxRenewals: null,
  }
  await tx.projects.insertProject(project, ctx.clock.now())
  return project
}
