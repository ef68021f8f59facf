import type { StoredUsageConfig, UsageReads } from '../usecases/ports/usage.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type ConfigRow = { version: number; document: unknown; actor: string; created_at: number }

const NEWEST = statement(
  'usage_configs.newest',
  `select version, document, actor, created_at from usage_configs where project_id = $1
   order by version desc limit 1`,
)
const INSERT = statement(
  'usage_configs.insert',
  'insert into usage_configs (project_id, version, document, actor, created_at) values ($1, $2, $3, $4, $5)',
)

export function readUsageConfig(query: Query): UsageReads['config'] {
  return async (projectId) => {
    const [row] = await query<ConfigRow>(NEWEST, [projectId])
    if (row === undefined) return null
    return { projectId, version: row.version, document: row.document, actor: row.actor, createdAt: row.created_at }
  }
}

export function insertUsageConfig(query: Query) {
  return async (config: StoredUsageConfig): Promise<void> => {
    const { projectId, version, document, actor, createdAt } = config
    await query(INSERT, [projectId, version, JSON.stringify(document), actor, timeOf(createdAt)])
  }
}
