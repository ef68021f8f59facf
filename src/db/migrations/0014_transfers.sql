-- Units may go from one customer to another where a currency allows it, and a ledger transaction names the hold or the
-- transfer that it is a step of.
-- A migration is one transaction, in which no index can be made concurrently; nobody writes while it runs.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

alter table currencies add column transfers_allowed boolean not null default false;

-- What must stay in a balance when units are deducted, set aside or given away.
alter table currencies add column floor bigint not null default 0;
alter table currencies add constraint currencies_floor check (floor between 0 and 2000000000) not valid;

-- Part of what a transaction's hash is made of, where it is there. So earlier rows stay without.
alter table wallet_transactions add column operation_id text;

-- From a hold or a transfer to its steps, in whoever's ledger they are. Not unique: an operation has several.
create index wallet_transactions_by_operation on wallet_transactions (operation_id) where operation_id is not null;
