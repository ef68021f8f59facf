/** What must hold of what surrounds the ledger: caps, bulk grants, approvals and changes at an upstream. */
export const CREDIT_RULES = {
  'decisions about a cap of credits are numbered without a gap': `
    select customer_id, count(*), max(number) from cap_overrides group by bucket, customer_id
    having count(*) <> max(number)`,

  'a cap of credits that came by a merge is one of the customer who was merged': `
    select o.customer_id, o.merged_from from cap_overrides o where o.merged_from is not null and not exists (
      select from cap_overrides f join customers c on c.bucket = f.bucket and c.customer_id = f.customer_id
      where f.customer_id = o.merged_from and c.merged_into_id is not null
        and (f.credits_total, f.reason, f.actor, f.created_at) = (o.credits_total, o.reason, o.actor, o.created_at))`,

  'the answer kept under an idempotency key is of a ledger transaction that was written': `
    select k.scope, k.key from idempotency_keys k where k.scope like 'admin.credits.%' and not exists (
      select from wallet_transactions t where t.transaction_id = k.answer->>'transactionId')
    and not exists (select from approvals a where a.approval_id = k.answer->>'approvalId')`,

  'a row of a bulk grant that is done is the ledger transaction that it names': `
    select r.bulk_id, r.number, r.transaction_id from bulk_rows r where r.state = 'done' and not exists (
      select from wallet_transactions t join wallet_postings p on p.bucket = t.bucket and p.customer_id = t.customer_id
        and p.transaction_id = t.transaction_id
      where t.transaction_id = r.transaction_id and t.kind = 'admin_adjust' and t.reason = r.reason
        and p.account = 'issued_by_operator' and p.currency = r.currency and p.amount = -r.amount)`,

  'a bulk grant counts what its rows say': `
    select g.bulk_id, g.row_count, g.done, g.refused, r.rows, r.done, r.refused from bulk_grants g left join (
      select bucket, bulk_id, count(*) as rows, count(*) filter (where state = 'done') as done,
        count(*) filter (where state = 'refused') as refused from bulk_rows group by bucket, bulk_id) r using (bucket, bulk_id)
    where (g.row_count, g.done, g.refused) is distinct from (r.rows, r.done, r.refused)`,

  'a request that was agreed to is the ledger transaction that it names': `
    select a.approval_id, a.transaction_id from approvals a where a.decision = 'approved' and not exists (
      select from wallet_transactions t join wallet_postings p on p.bucket = t.bucket and p.customer_id = t.customer_id
        and p.transaction_id = t.transaction_id
      where t.transaction_id = a.transaction_id and t.kind = 'admin_adjust' and t.created_at = a.decided_at
        and p.account = 'issued_by_operator' and p.currency = a.currency and p.amount = -a.amount)`,

  'nobody agreed to their own request': `select approval_id from approvals where decision = 'approved' and decided_by = requested_by`,

  'every key of an upstream change stands for one of its user and project': `
    select k.scope, k.key from credit_intent_keys k where not exists (
      select from credit_intents i where i.project_id = k.project_id and i.app_user_id = k.app_user_id
      and i.intent_id = k.intent_id and i.idempotency_key = k.key)`,

  'an applied upstream change was told once, to the customer of its user': `
    select i.intent_id, count(e.event_id) from credit_intents i
    left join customer_aliases a on a.project_id = i.project_id and a.app_user_id = i.app_user_id
    left join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
    left join events e on e.type = 'VIRTUAL_CURRENCY_TRANSACTION' and e.data->>'transactionId' = i.intent_id
      and e.revision <= c.revision
    where i.status = 'applied' group by i.bucket, i.project_id, i.app_user_id, i.intent_id having count(e.event_id) <> 1`,

  'an upstream change is undone at most once': `
    select reverses_intent_id, count(*) from credit_intents where reverses_intent_id is not null and status <> 'failed'
    group by reverses_intent_id having count(*) > 1`,
} as const
