-- The credit ledger: double entry, lots, and balances as a projection.
set local lock_timeout = '5s';

-- Projection of the postings of account 'wallet'; changed only together with them.
create table wallet_balances (
  bucket smallint not null,
  customer_id text not null,
  currency text not null,
  balance bigint not null check (balance between 0 and 2000000000),
  primary key (bucket, customer_id, currency),
  foreign key (bucket, customer_id) references customers
) with (fillfactor = 70);

-- Append-only. One row per ledger transaction, one or more postings each; they sum to zero per currency.
create table wallet_transactions (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  kind text not null,
  actor text not null,
  reason text,
  request_id text,
  purchase_id text,
  store_transaction_id text,
  created_at timestamptz not null,
  primary key (bucket, customer_id, transaction_id)
);

create table wallet_postings (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  number smallint not null,
  account text not null,
  currency text not null,
  amount bigint not null check (amount <> 0),
  primary key (bucket, customer_id, transaction_id, number),
  foreign key (bucket, customer_id, transaction_id) references wallet_transactions
);

create table wallet_lots (
  bucket smallint not null,
  customer_id text not null,
  lot_id text not null,
  currency text not null,
  transaction_id text not null,
  source text not null check (source in ('purchase', 'operator', 'merge')),
  purchase_id text,
  granted bigint not null check (granted > 0),
  remaining bigint not null check (remaining between 0 and granted),
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (bucket, customer_id, lot_id)
) with (fillfactor = 70);

create index wallet_lots_open on wallet_lots (bucket, customer_id, currency) where remaining > 0;

create table wallet_draws (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  lot_id text not null,
  amount bigint not null check (amount > 0),
  primary key (bucket, customer_id, transaction_id, lot_id)
);
