/** What must hold of customers, their names and what hangs on them alone. */
export const CUSTOMER_RULES = {
  'every alias names an unmerged customer of its project': `
    select a.project_id, a.app_user_id, a.customer_id, c.merged_into_id from customer_aliases a
    left join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
    where c.customer_id is null or c.merged_into_id is not null or c.project_id <> a.project_id`,

  'every customer has a name, unless it was merged away or erased': `
    select c.customer_id from customers c where c.merged_into_id is null and c.erased_at is null and not exists (
      select from customer_aliases a where a.customer_bucket = c.bucket and a.customer_id = c.customer_id)`,

  'the original app user id of a customer is one of its names': `
    select c.customer_id, c.original_app_user_id from customers c
    where c.merged_into_id is null and c.erased_at is null and not exists (
      select from customer_aliases a where a.customer_bucket = c.bucket and a.customer_id = c.customer_id
      and a.app_user_id = c.original_app_user_id)`,

  'a merged customer points to an existing one': `
    select c.customer_id, c.merged_into_id from customers c where c.merged_into_id is not null and not exists (
      select from customers t where t.customer_id = c.merged_into_id and t.project_id = c.project_id
      and t.customer_id <> c.customer_id)`,

  'an erased customer is erased with all who were merged into it, and has no name, no units and no open holds': `
    select c.customer_id from customers c
    left join customers m on m.merged_into_id = c.customer_id
    left join wallet_balances b on b.bucket = c.bucket and b.customer_id = c.customer_id and b.balance <> 0
    left join wallet_holds h on h.bucket = c.bucket and h.customer_id = c.customer_id and h.status = 'open'
    left join customer_aliases a on a.customer_bucket = c.bucket and a.customer_id = c.customer_id
    where c.erased_at is not null and (c.original_app_user_id <> c.customer_id or a.app_user_id is not null
      or (m.customer_id is not null and m.erased_at is null) or b.currency is not null or h.hold_id is not null)`,

  'a merged customer has no devices': `
    select c.customer_id, d.device_id from customers c
    join devices d on d.bucket = c.bucket and d.customer_id = c.customer_id where c.merged_into_id is not null`,

  'a merged customer has no published messages, and no message is ahead of the revision of its customer': `
    select e.envelope_id, e.revision, c.revision from published_envelopes e
    join customers c on c.bucket = e.bucket and c.customer_id = e.customer_id
    where c.merged_into_id is not null or e.revision > c.revision`,

  'a merged customer has no tickets and no links to redeem': `
    select c.customer_id from customers c where c.merged_into_id is not null and (
      exists (select from support_tickets t where t.bucket = c.bucket and t.customer_id = c.customer_id)
      or exists (select from redemption_tokens t where t.customer_bucket = c.bucket and t.customer_id = c.customer_id))`,
} as const
