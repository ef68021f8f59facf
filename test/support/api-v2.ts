import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import type { SecretKeyVersion } from '../../src/core/projects/api-keys.ts'
import { type Answer, apiV2App, type Sent } from '../../src/http/api-v2/fixtures/api-v2-app.ts'
import { addSecretKey } from '../../src/usecases/projects/create-project.ts'
import { auditDatabase } from './audit.ts'
import { createDemo, type Demo, testSecrets } from './demo.ts'
import { openWorld, type World } from './world.ts'

export type ApiV2World = World & {
  demo: Demo
  server: Awaited<ReturnType<typeof apiV2App>>
  /** The demo's products by their names at the store. */
  products: Map<string, string>
  /** Asks below the path of the demo project, and fails the test when the answer has not its documented form. */
  ask(method: 'GET' | 'POST' | 'DELETE' | 'PATCH', path: string, sent?: Sent): Promise<Answer>
  newKey(scopes: string[], version?: SecretKeyVersion): Promise<string>
}

/** REST API v2 of a demo project for the tests of one file, each in a new minute. In the end the database is audited. */
export function newApiV2World(): ApiV2World {
  const all = {} as ApiV2World
  beforeAll(async () => {
    const world = await openWorld()
    const demo = await createDemo(world.ctx)
    const server = await apiV2App(world.ctx, demo.secretKeyV2)
    const catalog = await world.ctx.read.catalog.ofProject(demo.projectId)
    const products = new Map([...catalog.products.values()].map((item) => [item.storeProductId, item.productId]))
    Object.assign(all, world, { demo, server, products, ask, newKey })
  })
  beforeEach(() => all.clock.advance(60_000))
  afterAll(async () => {
    try {
      expect(await auditDatabase(all.database)).toEqual([])
    } finally {
      await all.server.app.close()
      await all.close()
    }
  })

  const ask: ApiV2World['ask'] = async (method, path, sent) => {
    const answer = await all.server.ask(method, `/v2/projects/${all.demo.projectId}${path}`, sent)
    expect(answer.faults).toEqual([])
    return answer
  }
  const newKey: ApiV2World['newKey'] = async (scopes, version = 'v2') => {
    const facts = { projectId: all.demo.projectId, label: 'Test', version, scopes }
    const made = await all.ctx.transaction<string, never>(async (tx) =>
      ok(await addSecretKey(tx, all.ctx, testSecrets, facts)),
    )
    if (!made.ok) throw new Error('adding a key has no refusals')
    return made.value
  }
  return all
}

/** The codes in a list of currencies or balances. */
export function codesIn(answer: Answer): string[] {
  return (answer.body.items as Array<{ code?: string; currency_code?: string }>).map(
    ({ code, currency_code }) => code ?? currency_code ?? '',
  )
}
