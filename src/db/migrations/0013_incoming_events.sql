-- What a hosted RevenueCat told by its webhook: kept whole, and for ever, because a chain of purchases is computed from all
-- its events.
set local lock_timeout = '5s';

-- Spread by the event's own id, by which alone it is known to be new. It names app user ids and no customer, so merging
-- customers leaves it as it is.
create table incoming_events (
  bucket smallint not null,
  project_id text not null references projects,
  event_id text not null,
  type text not null,
  store text,
  environment text,
  chain_id text,
  app_user_id text,
  transferred_from text[],
  told_at timestamptz not null,
  received_at timestamptz not null,
  body json not null, -- json, not jsonb: as it was received
  status text not null check (status in ('pending', 'applied', 'ignored', 'parked')),
  outcome text,
  problem text,
  attempts integer not null default 0,
  due_at timestamptz,
  settled_at timestamptz,
  primary key (bucket, project_id, event_id),
  check ((status = 'pending') = (due_at is not null)),
  check (chain_id is null or (store is not null and environment is not null))
) with (fillfactor = 80);

create index incoming_events_due on incoming_events (due_at) where due_at is not null;
create index incoming_events_chain on incoming_events (project_id, chain_id) where chain_id is not null;
create index incoming_events_transfers on incoming_events using gin (transferred_from) where transferred_from is not null;
create index incoming_events_parked on incoming_events (project_id, told_at) where status = 'parked';
