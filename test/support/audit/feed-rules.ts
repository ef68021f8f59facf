/** What must hold of the outbox and of the feed that the outside reads. */
export const FEED_RULES = {
  'no event is ahead of the revision of its customer': `
    select e.event_id, e.revision, c.revision from events e
    left join customers c on c.bucket = e.bucket and c.customer_id = e.customer_id
    where c.customer_id is null or e.revision > c.revision`,

  // A fact that is written for two customers, because its purchase changed hands meanwhile, has one id and is relayed once.
  'no charge and no end of access was told twice': `
    select t.project_id, t.type, t.purchase, t.charge, t.told from (
      select project_id, type, data->>'purchaseId' as purchase, data->>'transactionId' as charge,
        count(distinct event_id) as told from events
      where type in ('INITIAL_PURCHASE', 'RENEWAL', 'NON_RENEWING_PURCHASE', 'EXPIRATION') and data <> '{}' group by 1, 2, 3, 4) t
    where t.told > 1 + (
      select count(distinct r.event_id) from events r where t.type = 'EXPIRATION'
      and r.type in ('REFUND_REVERSED', 'SUBSCRIPTION_EXTENDED') and r.data->>'purchaseId' = t.purchase
      and r.data->>'transactionId' = t.charge)`,

  'the positions of a feed are 1 and up without a gap, and it ends where it says': `
    select coalesce(f.project_id, e.project_id), f.last_position, e.told, e.last from event_feeds f
    full join (select project_id, count(distinct position) as told, min(position) as first, max(position) as last,
      count(*) as rows from events where position is not null group by project_id) e using (project_id)
    where coalesce(f.last_position, 0) is distinct from coalesce(e.last, 0) or e.told <> e.last or e.rows <> e.last
      or e.first <> 1`,

  'the events of a customer are in the feed in the order of their revisions, and what waits comes after them': `
    select customer_id, event_id, position from (
      select *, max(position) over earlier as last_told, bool_or(waits) over earlier as is_behind from events
      window earlier as (partition by bucket, customer_id order by revision, ordinal, event_id
        rows between unbounded preceding and 1 preceding)) e
    where position < last_told or (position is not null and is_behind)`,

  'an event has its place in the feed, the id that receivers see and the time of both, or nothing of it': `
    select event_id, position, webhook_id, relayed_at, waits from events
    where (position is null) <> (webhook_id is null) or (position is not null and (waits or relayed_at is null))
      or (body is not null and position is null) or (waits and relayed_at is not null)`,

  'an event of the feed has its body until it is forgotten or its customer erased': `
    select e.event_id, e.position, f.forgotten_position from events e join event_feeds f using (project_id)
    join customers c on c.bucket = e.bucket and c.customer_id = e.customer_id
    where e.position is not null and c.erased_at is null and (e.body is null) <> (e.position <= f.forgotten_position)`,

  'nothing is kept of what an erased customer was told of': `
    select e.event_id from events e join customers c on c.bucket = e.bucket and c.customer_id = e.customer_id
    where c.erased_at is not null and (e.data <> '{}' or e.body is not null or e.waits)`,

  'no fact is in the feed of a project twice': `
    select project_id, event_id, count(*) from events where position is not null
    group by project_id, event_id having count(*) > 1`,

  'no two events of a project have the same id for receivers': `
    select project_id, webhook_id, count(*) from events where webhook_id is not null
    group by project_id, webhook_id having count(*) > 1`,
} as const
