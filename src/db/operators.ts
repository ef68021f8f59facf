import type { Operator, OperatorRole } from '../core/operators/operator.ts'
import type { OperatorReads, OperatorWithToken, TxOperators } from '../usecases/ports/operators.ts'
import { operatorTokenRows, type TokenRow, tokenFromRow, tokensOf } from './operator-tokens.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type OperatorRow = {
  operator_id: string
  project_id: string | null
  name: string
  role: OperatorRole
  max_per_change: number | null
  max_per_day: number | null
  operator_created_at: number
}

const COLUMNS = `o.operator_id, o.project_id, o.name, o.role, o.max_per_change, o.max_per_day,
  o.created_at as operator_created_at`

const GET = statement('operators.get', `select ${COLUMNS} from operators o where o.operator_id = $1`)
const LOCK = statement('operators.lock', `select ${COLUMNS} from operators o where o.operator_id = $1 for update`)
const LIST = statement(
  'operators.list',
  `select ${COLUMNS} from operators o where $1::text is null or o.project_id = $1
   order by o.created_at, o.operator_id limit $2`,
)
const COUNT = statement('operators.count', 'select count(*) from (select from operators limit $1) o')
const BY_TOKEN = statement(
  'operators.by_token',
  `select ${COLUMNS}, t.token_id, t.created_at, t.expires_at, t.revoked_at
   from operator_tokens t join operators o using (operator_id) where t.token_hash = $1 and t.revoked_at is null`,
)
const INSERT = statement(
  'operators.insert',
  `insert into operators (operator_id, project_id, name, role, max_per_change, max_per_day, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const UPDATE = statement(
  'operators.update',
  'update operators set role = $2, max_per_change = $3, max_per_day = $4 where operator_id = $1',
)
// The update changes nothing: it locks the row, and waits for whoever has it, where a plain insert would do neither.
const LOCK_DAY = statement(
  'operator_days.lock',
  `insert into operator_days (operator_id, day, currency, units) values ($1, $2, $3, 0)
   on conflict (operator_id, day, currency) do update set units = operator_days.units returning units`,
)
const SET_DAY = statement(
  'operator_days.set',
  'update operator_days set units = $4 where operator_id = $1 and day = $2 and currency = $3',
)

export function operatorReads(query: Query): OperatorReads {
  return {
    list: async (projectId, limit) => (await query<OperatorRow>(LIST, [projectId, limit])).map(operatorFromRow),
    tokens: tokensOf(query),
    async byTokenHash(hash): Promise<OperatorWithToken | null> {
      const [row] = await query<OperatorRow & TokenRow>(BY_TOKEN, [hash])
      return row === undefined ? null : { operator: operatorFromRow(row), token: tokenFromRow(row) }
    },
  }
}

export function operatorRows(query: Query): TxOperators {
  const one = async (rows: Promise<OperatorRow[]>) => {
    const [row] = await rows
    return row === undefined ? null : operatorFromRow(row)
  }
  return {
    ...operatorTokenRows(query),
    get: (operatorId) => one(query<OperatorRow>(GET, [operatorId])),
    lock: (operatorId) => one(query<OperatorRow>(LOCK, [operatorId])),
    count: async (limit) => (await query<{ count: number }>(COUNT, [limit]))[0]?.count ?? 0,
    async insert({ operatorId, projectId, name, role, limits, createdAt }) {
      const { maxPerChange, maxPerDay } = limits
      await query(INSERT, [operatorId, projectId, name, role, maxPerChange, maxPerDay, timeOf(createdAt)])
    },
    async update({ operatorId, role, limits }) {
      await query(UPDATE, [operatorId, role, limits.maxPerChange, limits.maxPerDay])
    },
    async lockDay({ operatorId, day, currency }) {
      return (await query<{ units: number }>(LOCK_DAY, [operatorId, day, currency]))[0]?.units ?? 0
    },
    async setDay({ operatorId, day, currency }, units) {
      await query(SET_DAY, [operatorId, day, currency, units])
    },
  }
}

function operatorFromRow(row: OperatorRow): Operator {
  return {
    operatorId: row.operator_id,
    projectId: row.project_id,
    name: row.name,
    role: row.role,
    limits: { maxPerChange: row.max_per_change, maxPerDay: row.max_per_day },
    createdAt: row.operator_created_at,
  }
}
