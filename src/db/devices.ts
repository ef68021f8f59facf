import { bucketOf } from '../core/lib/bucket.ts'
import type { DeviceReads, TxDevices } from '../usecases/ports/devices.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const OF_CUSTOMERS = statement(
  'devices.of_customers',
  `select d.customer_id, d.push_token from unnest($1::smallint[], $2::text[]) as c (bucket, customer_id)
   join devices d on d.bucket = c.bucket and d.customer_id = c.customer_id and d.bundle_id = $3`,
)
const SAVE = statement(
  'devices.save',
  `insert into devices (bucket, customer_id, device_id, project_id, platform, push_token, bundle_id, registered_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (bucket, customer_id, device_id) do update set platform = excluded.platform,
     push_token = excluded.push_token, bundle_id = excluded.bundle_id, registered_at = excluded.registered_at`,
)
const DELETE_ELSEWHERE = statement(
  'devices.delete_elsewhere',
  `delete from devices where push_token = $1 and project_id = $2 and (bucket, customer_id, device_id) <> ($3, $4, $5)`,
)
const DELETE_BEYOND = statement(
  'devices.delete_beyond',
  `delete from devices where bucket = $1 and customer_id = $2 and device_id in (
     select device_id from devices where bucket = $1 and customer_id = $2
     order by registered_at desc, device_id offset $3)`,
)
const DELETE = statement(
  'devices.delete',
  'delete from devices where bucket = $1 and customer_id = $2 and device_id = $3 returning 1',
)
const MOVE = statement(
  'devices.move',
  `with taken as (delete from devices where bucket = $1 and customer_id = $2 returning *)
   insert into devices (bucket, customer_id, device_id, project_id, platform, push_token, bundle_id, registered_at)
   select $3, $4, device_id, project_id, platform, push_token, bundle_id, registered_at from taken
   on conflict (bucket, customer_id, device_id) do update set platform = excluded.platform,
     push_token = excluded.push_token, bundle_id = excluded.bundle_id, registered_at = excluded.registered_at
   where excluded.registered_at > devices.registered_at`,
)
const DELETE_BY_TOKEN = statement(
  'devices.delete_by_token',
  'delete from devices where push_token = $1 and registered_at < $2 returning 1',
)

export function deviceReads(query: Query): DeviceReads {
  return {
    async ofCustomers(customers, bundleId) {
      if (customers.length === 0) return []
      const rows = await query<{ customer_id: string; push_token: string }>(OF_CUSTOMERS, [
        customers.map(({ projectId, customerId }) => bucketOf(projectId, customerId)),
        customers.map(({ customerId }) => customerId),
        bundleId,
      ])
      return rows.map((row) => ({ customerId: row.customer_id, pushToken: row.push_token }))
    },
  }
}

export function deviceRows(query: Query): TxDevices {
  return {
    async save({ bucket, customerId, projectId }, { deviceId, platform, pushToken, bundleId, registeredAt }) {
      const values = [bucket, customerId, deviceId, projectId, platform, pushToken, bundleId, timeOf(registeredAt)]
      await query(SAVE, values)
    },
    async deleteTokenElsewhere({ bucket, customerId, projectId }, { deviceId, pushToken }) {
      await query(DELETE_ELSEWHERE, [pushToken, projectId, bucket, customerId, deviceId])
    },
    async deleteBeyond({ bucket, customerId }, count) {
      await query(DELETE_BEYOND, [bucket, customerId, count])
    },
    async delete({ bucket, customerId }, deviceId) {
      return (await query(DELETE, [bucket, customerId, deviceId])).length > 0
    },
    async move(from, to) {
      await query(MOVE, [from.bucket, from.customerId, to.bucket, to.customerId])
    },
    async deleteByToken(pushToken, registeredBefore) {
      return (await query(DELETE_BY_TOKEN, [pushToken, timeOf(registeredBefore)])).length
    },
  }
}
