import { createHash, randomUUID } from 'node:crypto'
import type { App, Project } from '../../src/core/projects/project.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { createDemoProject, type DemoProject } from '../../src/usecases/projects/create-demo-project.ts'
import { postReceipt } from '../../src/usecases/purchases/post-receipt.ts'
import type { TokenSecrets } from '../../src/usecases/token-secrets.ts'

export const testSecrets: TokenSecrets = {
  newToken: () => randomUUID().replaceAll('-', ''),
  hash: (token) => createHash('sha256').update(token).digest('hex'),
}

export type Demo = DemoProject & { project: Project; app: App }

/** The demo project, with the records that use cases ask for. */
export async function createDemo(ctx: Ctx): Promise<Demo> {
  const demo = await createDemoProject(ctx, testSecrets)
  const project = await ctx.read.projects.get(demo.projectId)
  const app = await ctx.read.projects.appByPublicKey(demo.testStoreKey)
  if (project === null || app === null) throw new Error('the demo project was not created')
  return { ...demo, project, app }
}

/** A token as an SDK makes it at this moment. */
export function newToken(ctx: Pick<Ctx, 'clock'>): string {
  return `test_${ctx.clock.now()}_${randomUUID()}`
}

/** Buys from the Test Store as an app does; fails the test when the purchase is refused. */
export async function buy(ctx: Ctx, demo: Demo, appUserId: string, storeProductId: string, fetchToken = newToken(ctx)) {
  const project = (await ctx.read.projects.get(demo.projectId)) ?? demo.project
  const posted = await postReceipt(ctx, {
    project,
    app: demo.app,
    appUserId,
    fetchToken,
    storeProductId,
    presentedOffering: 'default',
  })
  if (!posted.ok) throw new Error(`the purchase was refused: ${JSON.stringify(posted.refusal)}`)
  return posted.value
}

export async function balanceOf(ctx: Ctx, projectId: string, appUserId: string, currency = 'CRD'): Promise<number> {
  const customer = await ctx.read.customers.findByAppUserId(projectId, appUserId)
  if (customer === null) return 0
  return (await ctx.read.wallet.balances(customer)).get(currency) ?? 0
}
