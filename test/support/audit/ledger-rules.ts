/** What must hold of the ledger: postings, lots, holds and balances. */
export const LEDGER_RULES = {
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

  // History that was imported is not told.
  'every ledger transaction of a purchase or an operator was told once': `
    select t.transaction_id, t.kind, count(e.event_id) from wallet_transactions t
    left join events e on e.type = 'VIRTUAL_CURRENCY_TRANSACTION' and e.data->>'transactionId' = t.transaction_id
    where t.kind in ('purchase_grant', 'admin_adjust', 'expire', 'reversal', 'refund', 'refund_reversal', 'transfer_out',
      'transfer_in')
      and not exists (
        select from customers c where c.bucket = t.bucket and c.customer_id = t.customer_id and c.erased_at is not null)
    group by t.bucket, t.customer_id, t.transaction_id, t.kind, t.purchase_id
    having count(e.event_id) > 1 or (count(e.event_id) = 0 and not (t.kind = 'purchase_grant' and t.purchase_id in (
      select o.purchase_id from purchase_ownerships o where o.cause = 'imported')))`,

  'every reference is of a ledger transaction of its project, from the same time': `
    select r.kind, r.value, r.transaction_id from wallet_references r
    left join wallet_transactions t on t.bucket = r.customer_bucket and t.customer_id = r.customer_id
      and t.transaction_id = r.transaction_id
    left join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id
    where c.project_id is distinct from r.project_id or t.created_at is distinct from r.created_at`,
} as const
