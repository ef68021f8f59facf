/** What must hold for every row. Each statement finds the rows that break its rule, and names them. */
export const AUDIT_RULES = {
  'every alias names an unmerged customer of its project': `
    select a.project_id, a.app_user_id, a.customer_id, c.merged_into_id from customer_aliases a
    left join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
    where c.customer_id is null or c.merged_into_id is not null or c.project_id <> a.project_id`,

  'every customer has a name, unless it was merged away': `
    select c.customer_id from customers c where c.merged_into_id is null and not exists (
      select from customer_aliases a where a.customer_bucket = c.bucket and a.customer_id = c.customer_id)`,

  'the original app user id of a customer is one of its names': `
    select c.customer_id, c.original_app_user_id from customers c where c.merged_into_id is null and not exists (
      select from customer_aliases a where a.customer_bucket = c.bucket and a.customer_id = c.customer_id
      and a.app_user_id = c.original_app_user_id)`,

  'a merged customer points to an existing one': `
    select c.customer_id, c.merged_into_id from customers c where c.merged_into_id is not null and not exists (
      select from customers t where t.customer_id = c.merged_into_id and t.project_id = c.project_id
      and t.customer_id <> c.customer_id)`,

  'a merged customer has no purchases and no units': `
    select c.customer_id, p.purchase_id, b.currency from customers c
    left join purchases p on p.bucket = c.bucket and p.customer_id = c.customer_id
    left join wallet_balances b on b.bucket = c.bucket and b.customer_id = c.customer_id and b.balance <> 0
    where c.merged_into_id is not null and (p.purchase_id is not null or b.currency is not null)`,

  'every purchase has exactly one claim, which points to its customer': `
    select p.purchase_id, count(s.purchase_id) from purchases p
    left join store_claims s on s.project_id = p.project_id and s.store = p.store and s.environment = p.environment
      and s.store_purchase_id = p.store_purchase_id and s.purchase_id = p.purchase_id
      and s.customer_bucket = p.bucket and s.customer_id = p.customer_id
    group by p.bucket, p.customer_id, p.purchase_id having count(s.purchase_id) <> 1`,

  'every claim has its purchase, and no purchase exists twice': `
    select s.store_purchase_id, count(p.purchase_id) from store_claims s
    left join purchases p on p.purchase_id = s.purchase_id
    group by s.bucket, s.project_id, s.store, s.environment, s.store_purchase_id having count(p.purchase_id) <> 1`,

  'a purchase belongs to the project of its customer': `
    select p.purchase_id from purchases p left join customers c on c.bucket = p.bucket and c.customer_id = p.customer_id
    where c.project_id is distinct from p.project_id`,

  'the charges of a purchase are numbered without a gap up to its renewal number': `
    select p.purchase_id, p.renewal_number, count(t.number), max(t.number) from purchases p
    left join purchase_transactions t on t.bucket = p.bucket and t.customer_id = p.customer_id and t.purchase_id = p.purchase_id
    group by p.bucket, p.customer_id, p.purchase_id
    having count(t.number) <> p.renewal_number or max(t.number) <> p.renewal_number
      or count(distinct t.store_transaction_id) <> p.renewal_number`,

  'the latest charge is what the purchase shows': `
    select p.purchase_id from purchases p
    join purchase_transactions t on t.bucket = p.bucket and t.customer_id = p.customer_id and t.purchase_id = p.purchase_id
      and t.number = p.renewal_number
    where (p.store_transaction_id, p.product_id, p.period_type, p.purchased_at)
        <> (t.store_transaction_id, t.product_id, t.period_type, t.purchased_at)
      or p.expires_at is distinct from t.expires_at`,

  'every charge belongs to a purchase': `
    select t.purchase_id, t.number from purchase_transactions t where not exists (
      select from purchases p where p.bucket = t.bucket and p.customer_id = t.customer_id and p.purchase_id = t.purchase_id)`,

  'what renews is due, and what is over is not': `
    select purchase_id from purchases
    where (auto_renews and expires_at is not null and due_at is null) or (expiration_seen_at is not null and due_at is not null)`,

  'the postings of a ledger transaction sum to zero, currency by currency': `
    select transaction_id, currency, sum(amount) from wallet_postings
    group by bucket, customer_id, transaction_id, currency having sum(amount) <> 0`,

  'every ledger transaction has postings': `
    select t.transaction_id from wallet_transactions t where not exists (
      select from wallet_postings p where p.bucket = t.bucket and p.customer_id = t.customer_id
      and p.transaction_id = t.transaction_id)`,

  'a balance is the sum of the postings to the wallet': `
    select coalesce(b.customer_id, p.customer_id), coalesce(b.currency, p.currency), b.balance, p.total
    from wallet_balances b full join (
      select bucket, customer_id, currency, sum(amount) as total from wallet_postings where account = 'wallet'
      group by bucket, customer_id, currency) p using (bucket, customer_id, currency)
    where coalesce(b.balance, 0) <> coalesce(p.total, 0)`,

  'a balance is the sum of what remains in the lots': `
    select coalesce(b.customer_id, l.customer_id), coalesce(b.currency, l.currency), b.balance, l.total
    from wallet_balances b full join (
      select bucket, customer_id, currency, sum(remaining) as total from wallet_lots
      group by bucket, customer_id, currency) l using (bucket, customer_id, currency)
    where coalesce(b.balance, 0) <> coalesce(l.total, 0)`,

  'what is missing from a lot was drawn by ledger transactions': `
    select l.lot_id, l.granted, l.remaining, sum(d.amount) from wallet_lots l
    left join wallet_draws d on d.bucket = l.bucket and d.customer_id = l.customer_id and d.lot_id = l.lot_id
    group by l.bucket, l.customer_id, l.lot_id having l.granted - l.remaining <> coalesce(sum(d.amount), 0)`,

  'every posting is of a ledger transaction that exists': `
    select p.transaction_id, p.account, p.amount from wallet_postings p
    where not exists (select from wallet_transactions t where t.bucket = p.bucket and t.customer_id = p.customer_id
      and t.transaction_id = p.transaction_id)`,

  'every draw is of a lot and a ledger transaction that exist': `
    select d.transaction_id, d.lot_id from wallet_draws d
    where not exists (select from wallet_lots l where l.bucket = d.bucket and l.customer_id = d.customer_id and l.lot_id = d.lot_id)
      or not exists (select from wallet_transactions t where t.bucket = d.bucket and t.customer_id = d.customer_id
        and t.transaction_id = d.transaction_id)`,

  'what a merge took from one customer it gave to another': `
    select c.project_id, p.currency, sum(p.amount) from wallet_postings p
    join customers c on c.bucket = p.bucket and c.customer_id = p.customer_id
    where p.account = 'merged' group by c.project_id, p.currency having sum(p.amount) <> 0`,

  'what a transfer took from one customer it gave to another of the same project': `
    select t.operation_id, count(distinct t.customer_id), sum(p.amount) from wallet_transactions t
    join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id
    join wallet_postings p on p.bucket = t.bucket and p.customer_id = t.customer_id and p.transaction_id = t.transaction_id
      and p.account = 'transferred'
    where t.kind in ('transfer_out', 'transfer_in') group by t.operation_id
    having t.operation_id is null or count(*) <> 2 or count(distinct t.customer_id) <> 2 or sum(p.amount) <> 0
      or count(distinct p.currency) <> 1 or count(distinct t.kind) <> 2 or count(distinct c.project_id) <> 1`,

  'every lot that came by a transfer goes on from one of somebody else, and does not live longer': `
    select l.lot_id, l.origin_lot_id from wallet_lots l
    join wallet_transactions t on t.bucket = l.bucket and t.customer_id = l.customer_id and t.transaction_id = l.transaction_id
    where t.kind = 'transfer_in' and not exists (
      select from wallet_lots o where o.lot_id = l.origin_lot_id and o.currency = l.currency
      and o.expires_at is not distinct from l.expires_at and o.created_at = l.created_at)`,

  'no charge gave units twice': `
    select purchase_id, store_transaction_id, count(*) from wallet_transactions where kind = 'purchase_grant'
    group by purchase_id, store_transaction_id having count(*) > 1`,

  'no charge and no end of access was told twice': `
    select t.project_id, t.type, t.purchase, t.charge, t.told from (
      select project_id, type, data->>'purchaseId' as purchase, data->>'transactionId' as charge, count(*) as told from events
      where type in ('INITIAL_PURCHASE', 'RENEWAL', 'NON_RENEWING_PURCHASE', 'EXPIRATION') group by 1, 2, 3, 4) t
    where t.told > 1 + (
      select count(*) from events r where t.type = 'EXPIRATION' and r.type = 'REFUND_REVERSED'
      and r.data->>'purchaseId' = t.purchase and r.data->>'transactionId' = t.charge)`,

  'a transaction is undone at most once, unless that was undone': `
    select r.reverses_transaction_id, count(*) from wallet_transactions r
    where r.reverses_transaction_id is not null and not exists (
      select from wallet_transactions u where u.reverses_transaction_id = r.transaction_id)
    group by r.reverses_transaction_id having count(*) > 1`,

  'what is undone exists, in the same project': `
    select r.transaction_id, r.reverses_transaction_id from wallet_transactions r
    join customers c on c.bucket = r.bucket and c.customer_id = r.customer_id
    where r.reverses_transaction_id is not null and not exists (
      select from wallet_transactions o join customers d on d.bucket = o.bucket and d.customer_id = o.customer_id
      where o.transaction_id = r.reverses_transaction_id and d.project_id = c.project_id)`,

  'what is owed is what the postings say': `
    select coalesce(b.customer_id, p.customer_id), coalesce(b.currency, p.currency), b.owed, p.total
    from wallet_balances b full join (
      select bucket, customer_id, currency, -sum(amount) as total from wallet_postings where account = 'owed'
      group by bucket, customer_id, currency) p using (bucket, customer_id, currency)
    where coalesce(b.owed, 0) <> coalesce(p.total, 0)`,

  'what holds keep is what the postings say': `
    select coalesce(h.customer_id, p.customer_id), coalesce(h.currency, p.currency), h.held, p.total from (
      select bucket, customer_id, currency, sum(authorised - captured) as held from wallet_holds where status = 'open'
      group by bucket, customer_id, currency) h full join (
      select bucket, customer_id, currency, sum(amount) as total from wallet_postings where account = 'held'
      group by bucket, customer_id, currency) p using (bucket, customer_id, currency)
    where coalesce(h.held, 0) <> coalesce(p.total, 0)`,

  'every hold has the transaction that set its units aside': `
    select h.hold_id, h.transaction_id from wallet_holds h where not exists (
      select from wallet_transactions t where t.transaction_id = h.transaction_id and t.kind = 'hold')`,

  'a merged customer has no holds': `
    select c.customer_id, h.hold_id from customers c
    join wallet_holds h on h.bucket = c.bucket and h.customer_id = c.customer_id where c.merged_into_id is not null`,

  'a merged customer has no published messages, and no message is ahead of the revision of its customer': `
    select e.envelope_id, e.revision, c.revision from published_envelopes e
    join customers c on c.bucket = e.bucket and c.customer_id = e.customer_id
    where c.merged_into_id is not null or e.revision > c.revision`,

  'a merged customer has no devices': `
    select c.customer_id, d.device_id from customers c
    join devices d on d.bucket = c.bucket and d.customer_id = c.customer_id where c.merged_into_id is not null`,

  'the chain of a ledger has no gap, each link follows from the one before, and it ends where the customer says': `
    select customer_id, transaction_id, sequence from (
      select t.*, row_number() over w as place, lag(t.hash, 1, '') over w as hash_before, lead(1) over w as has_next,
        c.ledger_sequence, c.ledger_hash
      from wallet_transactions t join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id
      window w as (partition by t.bucket, t.customer_id order by t.sequence)) link
    where sequence <> place or previous_hash <> hash_before
      or (has_next is null and (sequence <> ledger_sequence or hash <> ledger_hash))`,

  'every account is one that the ledger knows': `
    select transaction_id, account from wallet_postings where account not in ('wallet', 'issued_by_purchase',
      'issued_by_operator', 'merged', 'transferred', 'over_cap', 'spent', 'held', 'expired', 'owed')`,

  'what lapsed was in lots that were over': `
    select t.transaction_id, d.lot_id from wallet_transactions t
    join wallet_draws d on d.bucket = t.bucket and d.customer_id = t.customer_id and d.transaction_id = t.transaction_id
    join wallet_lots l on l.bucket = d.bucket and l.customer_id = d.customer_id and l.lot_id = d.lot_id
    where t.kind = 'expire' and (l.expires_at is null or l.expires_at > t.created_at)`,

  'nothing was taken out of a lot or put into it after its end, but for its lapse': `
    select t.transaction_id, t.kind, d.lot_id from wallet_transactions t
    join wallet_draws d on d.bucket = t.bucket and d.customer_id = t.customer_id and d.transaction_id = t.transaction_id
    join wallet_lots l on l.bucket = d.bucket and l.customer_id = d.customer_id and l.lot_id = d.lot_id
    where t.kind <> 'expire' and l.expires_at <= t.created_at`,

  'every ledger transaction of a purchase or an operator was told once': `
    select t.transaction_id, t.kind, count(e.event_id) from wallet_transactions t
    left join events e on e.type = 'VIRTUAL_CURRENCY_TRANSACTION' and e.data->>'transactionId' = t.transaction_id
    where t.kind in ('purchase_grant', 'admin_adjust', 'expire', 'reversal', 'refund', 'refund_reversal', 'transfer_out',
      'transfer_in')
    group by t.bucket, t.customer_id, t.transaction_id, t.kind having count(e.event_id) <> 1`,

  'every reference is of a ledger transaction of its project, from the same time': `
    select r.kind, r.value, r.transaction_id from wallet_references r
    left join wallet_transactions t on t.bucket = r.customer_bucket and t.customer_id = r.customer_id
      and t.transaction_id = r.transaction_id
    left join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id
    where c.project_id is distinct from r.project_id or t.created_at is distinct from r.created_at`,

  'decisions about a cap of credits are numbered without a gap': `
    select customer_id, count(*), max(number) from cap_overrides group by bucket, customer_id
    having count(*) <> max(number)`,

  'a cap of credits that came by a merge is one of the customer who was merged': `
    select o.customer_id, o.merged_from from cap_overrides o where o.merged_from is not null and not exists (
      select from cap_overrides f join customers c on c.bucket = f.bucket and c.customer_id = f.customer_id
      where f.customer_id = o.merged_from and c.merged_into_id is not null
        and (f.credits_total, f.reason, f.actor, f.created_at) = (o.credits_total, o.reason, o.actor, o.created_at))`,

  'no event is ahead of the revision of its customer': `
    select e.event_id, e.revision, c.revision from events e
    left join customers c on c.bucket = e.bucket and c.customer_id = e.customer_id
    where c.customer_id is null or e.revision > c.revision`,

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
