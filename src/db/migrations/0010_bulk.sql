-- Changes of many balances that an operator hands in as one file, and what came of each row.
-- Spread by the bulk grant: its rows name app user ids, and no customer.
set local lock_timeout = '5s';

create table bulk_grants (
  bucket smallint not null,
  bulk_id text not null,
  project_id text not null references projects,
  state text not null check (state in ('uploaded', 'running', 'paused', 'cancelled', 'done')),
  name text,
  content_hash text not null,
  uploaded_by text not null,
  started_by text,
  row_count integer not null check (row_count > 0),
  sums json not null,
  forecast json not null,
  done integer not null default 0 check (done >= 0),
  refused integer not null default 0 check (refused >= 0),
  refusals json not null,
  worked_ms bigint not null default 0,
  lease integer not null default 0,
  leased_until timestamptz,
  due_at timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (bucket, bulk_id),
  check (done + refused <= row_count)
) with (fillfactor = 50);

create index bulk_grants_of_project on bulk_grants (project_id, bulk_id);
create index bulk_grants_due on bulk_grants (due_at) where due_at is not null;

create table bulk_rows (
  bucket smallint not null,
  bulk_id text not null,
  number integer not null check (number > 0),
  line integer not null,
  user_id text not null,
  currency text not null,
  amount bigint not null check (amount <> 0),
  reason text not null,
  idempotency_key text,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
  refusal text,
  forecast text,
  transaction_id text,
  balance bigint,
  replayed boolean not null default false,
  settled_at timestamptz,
  primary key (bucket, bulk_id, number),
  foreign key (bucket, bulk_id) references bulk_grants,
  check ((state = 'refused') = (refusal is not null)),
  check ((state = 'done') = (transaction_id is not null))
) with (fillfactor = 70);

create index bulk_rows_waiting on bulk_rows (bucket, bulk_id, number) where state = 'waiting';
create index bulk_rows_refused on bulk_rows (bucket, bulk_id, number) where state = 'refused';
create index bulk_rows_by_user on bulk_rows (bucket, bulk_id, user_id collate "C", number);
