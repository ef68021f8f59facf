/** What must hold of purchases, their charges and granted entitlements. */
export const PURCHASE_RULES = {
  'a merged customer has no purchases and no units': `
    select c.customer_id, p.purchase_id, b.currency from customers c
    left join purchases p on p.bucket = c.bucket and p.customer_id = c.customer_id
    left join wallet_balances b on b.bucket = c.bucket and b.customer_id = c.customer_id and b.balance <> 0
    where c.merged_into_id is not null and (p.purchase_id is not null or b.currency is not null)`,

  'every purchase has exactly one claim, which points to its customer': `
    select p.purchase_id, count(s.purchase_id) from purchases p
    left join store_claims s on s.purchase_id = p.purchase_id
    group by p.bucket, p.customer_id, p.purchase_id
    having count(s.purchase_id) <> 1 or not bool_and(s.customer_bucket = p.bucket
      and (s.project_id, s.store, s.environment, s.store_purchase_id, s.customer_id)
        = (p.project_id, p.store, p.environment, p.store_purchase_id, p.customer_id))`,

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
    where (auto_renews and expires_at is not null and due_at is null and revoked_at is null and superseded is null)
    or (not auto_renews and expiration_seen_at is not null and due_at is not null)`,

  'a merged customer has no grants of entitlements, and who has some is marked': `
    select c.customer_id, g.grant_id from customers c
    join entitlement_grants g on g.bucket = c.bucket and g.customer_id = c.customer_id
    where c.merged_into_id is not null or not c.has_grants or g.project_id <> c.project_id`,

  'the end of a grant is told when it is due, or was told': `
    select g.grant_id from entitlement_grants g where (g.due_at is not null and g.due_at <> g.expires_at)
      or (g.due_at is not null and g.revoked_at is not null)`,
} as const
