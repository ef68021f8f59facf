-- What happens to units after they were granted: they lapse, are taken back, or are given back.
-- A migration is one transaction, in which no index can be made concurrently; nobody writes while it runs.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

-- Whether what a subscription grants lapses with the period that was paid.
alter table currency_grants add column expire_at_cycle_end boolean not null default false;

-- What a refund does when the balance no longer holds what it takes back: 'clamp' takes what is there, 'debt' notes the
-- rest as owed, 'block' takes nothing.
alter table currencies add column debt_policy text not null default 'clamp';
alter table currencies add constraint currencies_debt_policy check (debt_policy in ('clamp', 'debt', 'block')) not valid;

-- Projection of the postings of account 'owed', as a positive number.
alter table wallet_balances add column owed bigint not null default 0;
alter table wallet_balances add constraint wallet_balances_owed check (owed >= 0) not valid;

alter table wallet_transactions add column reverses_transaction_id text;

-- From an id alone to its transaction: corrections name no customer, and a merge may lie between. Not unique, because
-- uniqueness over all customers would need a table of its own; the random part of an id sees to that.
create index wallet_transactions_by_id on wallet_transactions (transaction_id);
create index wallet_transactions_reversals on wallet_transactions (reverses_transaction_id)
  where reverses_transaction_id is not null;
create index wallet_transactions_by_charge on wallet_transactions (purchase_id) where purchase_id is not null;

-- The lot of which this one is the continuation in another customer's wallet.
alter table wallet_lots add column origin_lot_id text;
create index wallet_lots_lapsing on wallet_lots (bucket, customer_id, expires_at)
  where remaining > 0 and expires_at is not null;
create index wallet_lots_due on wallet_lots (expires_at) where remaining > 0 and expires_at is not null;

-- A negative draw puts units back into the lot.
alter table wallet_draws drop constraint wallet_draws_amount_check;
alter table wallet_draws add constraint wallet_draws_amount_check check (amount <> 0) not valid;

-- Units that are set aside until somebody captures or releases them, or their time is up. What is kept of them now is
-- `authorised - captured` while the hold is open; the lots are those that its first transaction drew.
create table wallet_holds (
  bucket smallint not null,
  customer_id text not null,
  hold_id text not null,
  transaction_id text not null,
  currency text not null,
  status text not null check (status in ('open', 'captured', 'voided', 'expired')),
  authorised bigint not null check (authorised > 0),
  captured bigint not null check (captured >= 0),
  reason text not null,
  actor text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  primary key (bucket, customer_id, hold_id),
  foreign key (bucket, customer_id) references customers,
  check ((status = 'open') = (closed_at is null)),
  check (status <> 'open' or captured < authorised)
) with (fillfactor = 80);

create index wallet_holds_by_id on wallet_holds (hold_id);
create index wallet_holds_due on wallet_holds (expires_at) where status = 'open';

-- Answers are forgotten by age.
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- The chain that ties each transaction of a customer to the one before; sequence 0 is from before there was one.
alter table wallet_transactions add column sequence bigint not null default 0;
alter table wallet_transactions add column previous_hash text not null default '';
alter table wallet_transactions add column hash text not null default '';
create index wallet_transactions_chain on wallet_transactions (bucket, customer_id, sequence);
alter table customers add column ledger_sequence bigint not null default 0;
alter table customers add column ledger_hash text not null default '';
