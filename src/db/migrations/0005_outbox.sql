-- Writes that are done at most once, the outbox, and the credentials of realtime sessions.
set local lock_timeout = '5s';

-- Spread by the key itself: a key is unique in its project and scope, whoever the customer is.
create table idempotency_keys (
  bucket smallint not null,
  project_id text not null,
  scope text not null,
  key text not null,
  fingerprint text not null,
  answer json not null, -- json, not jsonb: a replay repeats the stored text byte for byte
  created_at timestamptz not null,
  primary key (bucket, project_id, scope, key)
);

create table events (
  bucket smallint not null,
  customer_id text not null,
  event_id text not null,
  project_id text not null,
  revision bigint not null,
  type text not null,
  occurred_at timestamptz not null,
  data jsonb not null,
  primary key (bucket, customer_id, event_id)
);

create table realtime_tokens (
  bucket smallint not null,
  token_hash text not null,
  project_id text not null,
  user_id text not null,
  device_id text not null,
  topics text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (bucket, token_hash)
);

create index realtime_tokens_expired on realtime_tokens (expires_at);
