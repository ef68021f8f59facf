-- What group commit asks of the tables.
-- Migrations run in one transaction and once, before the server opens its port.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set local lock_timeout = '5s';

-- The check of each posting looked for its transaction through whichever index of the customer the planner liked, which
-- on a table that was not analysed yet is all the transactions of that customer. Both rows are written by one statement
-- group in one transaction, and `purser ledger verify` finds a posting without its transaction.
alter table wallet_postings drop constraint wallet_postings_bucket_customer_id_transaction_id_fkey;

-- Keys are written in the order of time and looked for by age once a minute: a few bytes for each range of pages do, where
-- a tree costs every write an entry.
drop index idempotency_keys_by_age;
create index idempotency_keys_by_age on idempotency_keys using brin (created_at) with (pages_per_range = 16);
