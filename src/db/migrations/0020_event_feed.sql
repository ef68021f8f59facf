-- What the outside is told: each event's place in the feed of its project, and the text that is sent, made once.
-- Migrations run in one transaction and once, before the server opens its port.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

-- Events of before this migration do not wait: nothing old is told of a sudden.
alter table events add column ordinal smallint not null default 0; -- place among the events of its transaction
alter table events add column waits boolean not null default false; -- to be relayed to the feed
alter table events add column position bigint; -- in the feed of the project; null for what is not told outside
alter table events add column webhook_id uuid; -- the `id` that receivers see
alter table events add column relayed_at timestamptz;
alter table events add column body text; -- what is sent; null again when it is too old to be asked for

-- What waits, by time and by customer: both are as small as the work that is left.
create index events_waiting on events (occurred_at) where waits;
create index events_waiting_of_customer on events (bucket, customer_id, revision, ordinal) where waits;
create index events_feed on events (project_id, position) where position is not null;
-- A fact has one id however often it is found, so that it is told once although its purchase changes hands in between.
create index events_told on events (project_id, event_id) where position is not null;

-- The end of each project's feed. Whoever adds to the feed changes this row, so that positions become visible in their order.
create table event_feeds (
  project_id text primary key references projects,
  last_position bigint not null check (last_position >= 0),
  forgotten_position bigint not null default 0 check (forgotten_position >= 0) -- up to it, bodies are gone
) with (fillfactor = 50);

-- Whether changes of balances by an operator or an API are told too. RevenueCat tells none of those.
alter table projects add column tells_api_events boolean not null default false;
