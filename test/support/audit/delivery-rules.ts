/** What must hold of what is sent to webhook endpoints. */
export const DELIVERY_RULES = {
  'every delivery is of an event of the feed of its endpoint, as the feed has it': `
    select d.endpoint_id, d.position, d.webhook_id from webhook_deliveries d
    join webhook_endpoints p using (endpoint_id)
    left join events e on e.project_id = p.project_id and e.position = d.position
    where (d.webhook_id, d.event_type, d.occurred_at)
      is distinct from (upper(e.webhook_id::text), e.type, e.occurred_at)`,

  'what waits for an endpoint is in a lane whose turn comes': `
    select d.endpoint_id, d.customer_id, d.position from webhook_deliveries d
    left join webhook_lanes l using (bucket, customer_id, endpoint_id)
    where d.state = 'pending' and l.due_at is null`,

  'a lane is due no later than its lease runs out': `
    select endpoint_id, customer_id, due_at, leased_until from webhook_lanes where leased_until < due_at`,

  'what counts as delivered was answered well at last': `
    select endpoint_id, position, attempts from webhook_deliveries
    where state = 'delivered' and (attempt_count < 1 or attempts = '[]' or attempts->-1->>'error' is not null)`,

  'an erased customer has nothing on its way': `
    select d.endpoint_id, d.position from webhook_deliveries d
    join customers c on c.bucket = d.bucket and c.customer_id = d.customer_id where c.erased_at is not null`,
} as const
