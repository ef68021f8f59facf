-- How projects meter their customers, and what customers used in each period.
set local lock_timeout = '5s';

-- Append-only: the newest version counts, earlier ones say what counted before, since when and by whom.
create table usage_configs (
  project_id text not null references projects,
  version integer not null check (version > 0),
  document json not null, -- json, not jsonb: people read it back as they wrote it
  actor text not null,
  created_at timestamptz not null,
  primary key (project_id, version)
);

-- A period that nobody has used anything in has no rows.
create table usage_counters (
  bucket smallint not null,
  customer_id text not null,
  period_key text not null,
  meter text not null,
  used bigint not null check (used > 0),
  resets_at timestamptz not null,
  primary key (bucket, customer_id, period_key, meter),
  foreign key (bucket, customer_id) references customers
) with (fillfactor = 70);
