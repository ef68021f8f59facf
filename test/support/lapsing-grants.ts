import { statement } from '../../src/db/statement.ts'
import type { World } from './world.ts'

const SET = statement(
  'test.lapsing_grants',
  'update currency_grants set expire_at_cycle_end = true where project_id = $1',
)

/** Has everything that a project's subscriptions grant from now on lapse with the period. */
export async function letGrantsLapse(world: World, projectId: string): Promise<void> {
  await world.database.query(SET, [projectId])
  world.ctx.read.catalog.forget(projectId)
}
