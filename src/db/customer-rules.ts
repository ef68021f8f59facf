import type { TestingAccess } from '../core/entitlements/testing-access.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { BlockedId, CustomerRuleReads, TxCustomerRules } from '../usecases/ports/customer-rules.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const LIST_BLOCKED = statement(
  'blocked_app_user_ids.list',
  `select app_user_id as "appUserId", reason, actor, blocked_at as "blockedAt" from blocked_app_user_ids
   where project_id = $1 order by blocked_at desc, app_user_id`,
)
const IS_BLOCKED = statement(
  'blocked_app_user_ids.get',
  'select 1 from blocked_app_user_ids where project_id = $1 and app_user_id = $2',
)
const BLOCK = statement(
  'blocked_app_user_ids.insert',
  `insert into blocked_app_user_ids (project_id, app_user_id, reason, actor, blocked_at) values ($1, $2, $3, $4, $5)
   on conflict do nothing returning 1`,
)
const UNBLOCK = statement(
  'blocked_app_user_ids.delete',
  'delete from blocked_app_user_ids where project_id = $1 and app_user_id = $2 returning 1',
)
/** A name of nobody. The insert waits for a parallel one of the same name, and whoever inserts later waits for this one. */
const STAND_IN = statement(
  'customer_aliases.stand_in',
  `insert into customer_aliases (bucket, project_id, app_user_id, customer_bucket, customer_id, last_seen_at)
   values ($1, $2, $3, 0, '', $4) on conflict do nothing`,
)
const STAND_DOWN = statement(
  'customer_aliases.stand_down',
  "delete from customer_aliases where bucket = $1 and project_id = $2 and app_user_id = $3 and customer_id = ''",
)
const SET_TESTING = statement(
  'projects.update_testing_access',
  'update projects set testing_access = $2 where project_id = $1',
)
const CLEAR_TESTERS = statement('testers.clear', 'delete from testers where project_id = $1')
const ADD_TESTERS = statement(
  'testers.insert',
  'insert into testers (project_id, app_user_id) select $1, unnest($2::text[])',
)
const SET_SANDBOX_BEHAVIOR = statement(
  'projects.update_sandbox_restore_behavior',
  'update projects set sandbox_restore_behavior = $2 where project_id = $1',
)
const TESTING = statement(
  'projects.testing_access',
  `select testing_access as mode,
     case when testing_access = 'allow_listed'
       then array(select t.app_user_id from testers t where t.project_id = p.project_id) else '{}' end as "appUserIds"
   from projects p where project_id = $1`,
)

export function customerRuleReads(query: Query): CustomerRuleReads {
  return {
    blockedIds: (projectId) => query<BlockedId>(LIST_BLOCKED, [projectId]),
    isBlocked: isBlocked(query),
  }
}

export function isBlocked(query: Query): CustomerRuleReads['isBlocked'] {
  return async (projectId, appUserId) => (await query(IS_BLOCKED, [projectId, appUserId])).length === 1
}

export function customerRuleRows(query: Query): TxCustomerRules {
  return {
    blockedIds: customerRuleReads(query).blockedIds,
    async block(projectId, { appUserId, reason, actor, blockedAt }) {
      return (await query(BLOCK, [projectId, appUserId, reason, actor, timeOf(blockedAt)])).length === 1
    },
    async unblock(projectId, appUserId) {
      return (await query(UNBLOCK, [projectId, appUserId])).length === 1
    },
    async awaitClaims(projectId, appUserId, now) {
      const name = [bucketOf(projectId, appUserId), projectId, appUserId]
      await query(STAND_IN, [...name, timeOf(now)])
      await query(STAND_DOWN, name)
    },
    async setTestingAccess(projectId, access) {
      await query(SET_TESTING, [projectId, access.mode])
      await query(CLEAR_TESTERS, [projectId])
      if (access.mode === 'allow_listed') await query(ADD_TESTERS, [projectId, [...access.appUserIds]])
    },
    async setSandboxRestoreBehavior(projectId, behavior) {
      await query(SET_SANDBOX_BEHAVIOR, [projectId, behavior])
    },
  }
}

/** Whose sandbox purchases give access in a project. */
export function readTestingAccess(query: Query) {
  return async (projectId: string): Promise<TestingAccess> => {
    const [row] = await query<{ mode: TestingAccess['mode']; appUserIds: string[] }>(TESTING, [projectId])
    if (row?.mode === 'allow_listed') return { mode: row.mode, appUserIds: new Set(row.appUserIds) }
    return { mode: row?.mode ?? 'anybody' }
  }
}
