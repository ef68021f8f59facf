import type { EventType } from '../core/events/event.ts'
import type { Environment } from '../core/purchases/purchase.ts'
import type { Circuit } from '../core/webhooks/circuit.ts'
import type { WebhookEndpoint } from '../core/webhooks/webhook-endpoint.ts'
import type { TxWebhookEndpoints, WebhookEndpointReads } from '../usecases/ports/webhook-endpoints.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type CircuitRow = {
  failures: number
  failing_since: number | null
  opened_at: number | null
  probe_at: number | null
}

export type EndpointRow = CircuitRow & {
  endpoint_id: string
  project_id: string
  name: string
  url: string
  authorization_value: string | null
  secret: string
  previous_secret: string | null
  previous_secret_ends_at: number | null
  event_types: EventType[] | null
  app_id: string | null
  environment: Environment | null
  state: WebhookEndpoint['state']
  created_at: number
}

export const ENDPOINT_COLUMNS = `endpoint_id, project_id, name, url, authorization_value, secret, previous_secret,
  previous_secret_ends_at, event_types, app_id, environment, state, failures, failing_since, opened_at, probe_at, created_at`

const LIST = statement(
  'webhook_endpoints.list',
  `select ${ENDPOINT_COLUMNS} from webhook_endpoints where project_id = $1 and state <> 'deleted' order by endpoint_id`,
)
const GET = statement(
  'webhook_endpoints.get',
  `select ${ENDPOINT_COLUMNS} from webhook_endpoints where project_id = $1 and endpoint_id = $2 and state <> 'deleted'`,
)
const LOCK = statement('webhook_endpoints.lock', `${GET.text} for no key update`)
const WITH_DUE = statement(
  'webhook_endpoints.with_due',
  `select ${ENDPOINT_COLUMNS} from webhook_endpoints e where state = 'active' and (probe_at is null or probe_at <= $1)
   and exists (select from webhook_lanes l where l.endpoint_id = e.endpoint_id and l.due_at <= $1)`,
)
const OPEN_CIRCUITS = statement(
  'webhook_endpoints.open_circuits',
  "select count(*) as count from webhook_endpoints where state = 'active' and opened_at is not null",
)
const COUNT = statement(
  'webhook_endpoints.count',
  "select count(*) as count from webhook_endpoints where project_id = $1 and state <> 'deleted'",
)
const INSERT = statement(
  'webhook_endpoints.insert',
  `insert into webhook_endpoints (endpoint_id, project_id, name, url, authorization_value, secret, previous_secret,
     previous_secret_ends_at, event_types, app_id, environment, state, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
)
const UPDATE = statement(
  'webhook_endpoints.update',
  `update webhook_endpoints set name = $3, url = $4, authorization_value = $5, secret = $6, previous_secret = $7,
   previous_secret_ends_at = $8, event_types = $9, app_id = $10, environment = $11, state = $12
   where endpoint_id = $1 and project_id = $2`,
)
const LOCK_CIRCUITS = statement(
  'webhook_endpoints.lock_circuits',
  `select endpoint_id, failures, failing_since, opened_at, probe_at from webhook_endpoints
   where endpoint_id = any ($1::text[]) order by endpoint_id for no key update`,
)
const SAVE_CIRCUIT = statement(
  'webhook_endpoints.save_circuit',
  `update webhook_endpoints set failures = $2, failing_since = $3, opened_at = $4, probe_at = $5 where endpoint_id = $1`,
)
const TAKE_PROBE = statement(
  'webhook_endpoints.take_probe',
  'update webhook_endpoints set probe_at = $3 where endpoint_id = $1 and probe_at <= $2 returning 1',
)
const ALL = statement('webhook_endpoints.all', 'select endpoint_id, state from webhook_endpoints order by endpoint_id')
const REMOVE = statement(
  'webhook_endpoints.remove',
  `delete from webhook_endpoints e where endpoint_id = $1 and state = 'deleted'
   and not exists (select from webhook_deliveries d where d.endpoint_id = e.endpoint_id)
   and not exists (select from webhook_lanes l where l.endpoint_id = e.endpoint_id)`,
)

export function webhookEndpointReads(query: Query): WebhookEndpointReads {
  return {
    async list(projectId) {
      return (await query<EndpointRow>(LIST, [projectId])).map(endpointFromRow)
    },
    async get(projectId, endpointId) {
      const [row] = await query<EndpointRow>(GET, [projectId, endpointId])
      return row === undefined ? null : endpointFromRow(row)
    },
    async withDue(now) {
      return (await query<EndpointRow>(WITH_DUE, [timeOf(now)])).map(endpointFromRow)
    },
    async openCircuits() {
      const [row] = await query<{ count: number }>(OPEN_CIRCUITS, [])
      return row?.count ?? 0
    },
  }
}

export function webhookEndpointRows(query: Query): TxWebhookEndpoints {
  return {
    async count(projectId) {
      const [row] = await query<{ count: number }>(COUNT, [projectId])
      return row?.count ?? 0
    },
    async insert(endpoint) {
      await query(INSERT, [...valuesOf(endpoint), timeOf(endpoint.createdAt)])
    },
    async lock(projectId, endpointId) {
      const [row] = await query<EndpointRow>(LOCK, [projectId, endpointId])
      return row === undefined ? null : endpointFromRow(row)
    },
    async update(endpoint) {
      await query(UPDATE, valuesOf(endpoint))
    },
    async lockCircuits(endpointIds) {
      const rows = await query<CircuitRow & { endpoint_id: string }>(LOCK_CIRCUITS, [endpointIds])
      return new Map(rows.map((row) => [row.endpoint_id, circuitFromRow(row)]))
    },
    async saveCircuit(endpointId, { failures, failingSince, openedAt, probeAt }) {
      await query(SAVE_CIRCUIT, [endpointId, failures, timeOf(failingSince), timeOf(openedAt), timeOf(probeAt)])
    },
    async takeProbe(endpointId, now, nextAt) {
      return (await query(TAKE_PROBE, [endpointId, timeOf(now), timeOf(nextAt)])).length > 0
    },
    async all() {
      const rows = await query<Pick<EndpointRow, 'endpoint_id' | 'state'>>(ALL, [])
      return rows.map((row) => ({ endpointId: row.endpoint_id, isDeleted: row.state === 'deleted' }))
    },
    async remove(endpointId) {
      await query(REMOVE, [endpointId])
    },
  }
}

export function endpointFromRow(row: EndpointRow): WebhookEndpoint {
  const { previous_secret: previous, previous_secret_ends_at: endsAt } = row
  return {
    endpointId: row.endpoint_id,
    projectId: row.project_id,
    name: row.name,
    url: row.url,
    authorization: row.authorization_value,
    secret: row.secret,
    previousSecret: previous === null || endsAt === null ? null : { secret: previous, endsAt },
    eventTypes: row.event_types,
    appId: row.app_id,
    environment: row.environment,
    state: row.state,
    circuit: circuitFromRow(row),
    createdAt: row.created_at,
  }
}

function circuitFromRow(row: CircuitRow): Circuit {
  return {
    failures: row.failures,
    failingSince: row.failing_since,
    openedAt: row.opened_at,
    probeAt: row.probe_at,
  }
}

/** The values that can be changed, in the order of the statements. */
function valuesOf(endpoint: WebhookEndpoint): unknown[] {
  return [
    endpoint.endpointId,
    endpoint.projectId,
    endpoint.name,
    endpoint.url,
    endpoint.authorization,
    endpoint.secret,
    endpoint.previousSecret?.secret ?? null,
    timeOf(endpoint.previousSecret?.endsAt ?? null),
    endpoint.eventTypes,
    endpoint.appId,
    endpoint.environment,
    endpoint.state,
  ]
}
