-- Where events are sent to, and what became of each of them there.
set local lock_timeout = '5s';

create table webhook_endpoints (
  endpoint_id text not null primary key,
  project_id text not null references projects,
  name text not null,
  url text not null,
  authorization_value text,
  secret text not null, -- as it is: each request is signed with it
  previous_secret text,
  previous_secret_ends_at timestamptz,
  event_types text[], -- null: all
  app_id text, -- null: all
  environment text check (environment in ('production', 'sandbox')), -- null: both
  state text not null check (state in ('active', 'paused', 'deleted')),
  failures integer not null default 0 check (failures >= 0), -- in a row, up to now
  failing_since timestamptz,
  opened_at timestamptz, -- since when nothing but probes is sent; null: the circuit is closed
  probe_at timestamptz,
  created_at timestamptz not null,
  check ((previous_secret is null) = (previous_secret_ends_at is null)),
  check ((opened_at is null) = (probe_at is null))
) with (fillfactor = 70);

create index webhook_endpoints_of_project on webhook_endpoints (project_id, endpoint_id);

-- The events of one customer for one endpoint go one after the other: the lane is what is claimed, not the event. A worker
-- that dies leaves its lane due again when its lease has run out, since a claim moves `due_at` there.
create table webhook_lanes (
  bucket smallint not null,
  customer_id text not null,
  endpoint_id text not null references webhook_endpoints,
  due_at timestamptz, -- null: nothing waits
  leased_until timestamptz, -- while its first event is under way
  lease integer not null default 0, -- counts the claims; who holds an older one has lost it
  primary key (bucket, customer_id, endpoint_id)
) with (fillfactor = 70);

create index webhook_lanes_due on webhook_lanes (endpoint_id, due_at) where due_at is not null;

create table webhook_deliveries (
  bucket smallint not null,
  customer_id text not null, -- no key: what happened is told, whatever becomes of the customer
  endpoint_id text not null references webhook_endpoints,
  position bigint not null,
  webhook_id text not null,
  event_type text not null,
  occurred_at timestamptz not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'given_up')),
  attempt_count integer not null default 0 check (attempt_count >= 0), -- since it was queued last
  attempts jsonb not null default '[]', -- the latest, the oldest first
  settled_at timestamptz,
  primary key (bucket, customer_id, endpoint_id, position),
  check ((state = 'pending') = (settled_at is null))
) with (fillfactor = 70);

create index webhook_deliveries_pending on webhook_deliveries (bucket, customer_id, endpoint_id, position)
  where state = 'pending';
create index webhook_deliveries_log on webhook_deliveries (endpoint_id, position);
