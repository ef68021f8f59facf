import type { App, Project } from '../core/projects/project.ts'
import type { ProjectReads, SecretKey, TxProjects } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const PROJECT_COLUMNS = `project_id as "projectId", name, is_demo as "isDemo", restore_behavior as "restoreBehavior",
  sandbox_restore_behavior as "sandboxRestoreBehavior",
  test_store_pace as "testStorePace", test_store_max_renewals as "testStoreMaxRenewals"`
const GET = statement('projects.get', `select ${PROJECT_COLUMNS} from projects where project_id = $1`)
const LIST = statement(
  'projects.list',
  `select ${PROJECT_COLUMNS} from projects order by created_at, project_id limit $1`,
)
const INSERT = statement(
  'projects.insert',
  `insert into projects (project_id, name, is_demo, restore_behavior, test_store_pace, test_store_max_renewals, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const UPDATE_TEST_STORE = statement(
  'projects.update_test_store',
  'update projects set test_store_pace = $2, test_store_max_renewals = $3 where project_id = $1',
)
const UPDATE_RESTORE_BEHAVIOR = statement(
  'projects.update_restore_behavior',
  'update projects set restore_behavior = $2 where project_id = $1',
)
const APP_BY_KEY = statement(
  'apps.by_public_key',
  `select app_id as "appId", project_id as "projectId", name, store, public_key as "publicKey" from apps
   where public_key = $1`,
)
const APPS = statement(
  'apps.of_project',
  `select app_id as "appId", project_id as "projectId", name, store, public_key as "publicKey" from apps
   where project_id = $1 order by created_at, app_id limit $2`,
)
const INSERT_APP = statement(
  'apps.insert',
  'insert into apps (app_id, project_id, name, store, public_key, created_at) values ($1, $2, $3, $4, $5, $6)',
)
const KEY_BY_HASH = statement(
  'secret_keys.by_hash',
  `select key_id as "keyId", project_id as "projectId", version, scopes from secret_keys
   where key_hash = $1 and revoked_at is null`,
)
const INSERT_KEY = statement(
  'secret_keys.insert',
  `insert into secret_keys (key_id, project_id, label, version, scopes, key_hash, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)

export function projectReads(query: Query): ProjectReads {
  return {
    get: async (projectId) => (await query<Project>(GET, [projectId]))[0] ?? null,
    list: (limit) => query<Project>(LIST, [limit]),
    appByPublicKey: async (publicKey) => (await query<App>(APP_BY_KEY, [publicKey]))[0] ?? null,
    apps: (projectId, limit) => query<App>(APPS, [projectId, limit]),
    secretKeyByHash: async (hash) => (await query<SecretKey>(KEY_BY_HASH, [hash]))[0] ?? null,
  }
}

export function projectRows(query: Query): TxProjects {
  return {
    async insertProject(project, now) {
      await query(INSERT, [
        project.projectId,
        project.name,
        project.isDemo,
        project.restoreBehavior,
        project.testStorePace,
        project.testStoreMaxRenewals,
        timeOf(now),
      ])
    },
    async updateTestStore(projectId, { testStorePace, testStoreMaxRenewals }) {
      await query(UPDATE_TEST_STORE, [projectId, testStorePace, testStoreMaxRenewals])
    },
    async updateRestoreBehavior(projectId, behavior) {
      await query(UPDATE_RESTORE_BEHAVIOR, [projectId, behavior])
    },
    async insertApp(app, now) {
      await query(INSERT_APP, [app.appId, app.projectId, app.name, app.store, app.publicKey, timeOf(now)])
    },
    async insertSecretKey(key, now) {
      await query(INSERT_KEY, [key.keyId, key.projectId, key.label, key.version, key.scopes, key.hash, timeOf(now)])
    },
  }
}
