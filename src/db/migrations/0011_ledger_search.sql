-- Finding ledger transactions and customers by what support has at hand. Nothing here is on the way of a write that
-- mentions neither a ticket nor an operator: `wallet_transactions` gets no index.
-- A migration is one transaction, in which no index can be made concurrently; nobody writes while it runs.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

-- Which ledger transactions a ticket or an operator is named in. Follows from the transaction's own row by the rules of
-- core/wallet, so it can be made again from there (`purser ledger index`); written together with it, never changed.
create table wallet_references (
  bucket smallint not null, -- of (project_id, kind, value): whoever looks knows these, and no customer
  project_id text not null,
  kind text not null check (kind in ('ticket', 'operator')),
  value text not null,
  created_at timestamptz not null,
  transaction_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  primary key (bucket, project_id, kind, value, created_at, transaction_id)
);

-- Who was merged into a customer. Of the rows that are written often, none is in it.
create index customers_merged on customers (merged_into_id) where merged_into_id is not null;

-- Beginnings of app user ids in byte order, whatever the collation of the database. A name is written once.
create index customer_aliases_by_prefix on customer_aliases (project_id, app_user_id text_pattern_ops);

create index customer_attributes_by_email on customer_attributes (lower(value)) where key = '$email' and value is not null;
