-- Changes of balances that another server keeps: written down before that server is asked, so that none is lost and
-- none is done twice.
set local lock_timeout = '5s';

-- Spread by the app user id, as the upstream knows the customer by it; there may be no customer of that name here. A
-- merge of customers leaves these rows as they are. The id is the idempotency key at the upstream. Never deleted.
create table credit_intents (
  bucket smallint not null,
  project_id text not null,
  app_user_id text not null,
  intent_id text not null,
  upstream_project_id text not null,
  currency text not null,
  amount bigint not null check (amount <> 0),
  reason text not null,
  actor text not null,
  request_id text not null,
  idempotency_key text,
  reverses_intent_id text,
  status text not null check (status in ('pending', 'applied', 'failed')),
  attempts integer not null check (attempts >= 0),
  is_uncertain boolean not null,
  last_error text,
  balance_after bigint check (balance_after >= 0),
  leased_until_at timestamptz,
  due_at timestamptz,
  created_at timestamptz not null,
  settled_at timestamptz,
  primary key (bucket, project_id, app_user_id, intent_id),
  check ((status = 'pending') = (settled_at is null)),
  check ((status = 'applied') = (balance_after is not null)),
  check (status = 'pending' or (due_at is null and leased_until_at is null))
) with (fillfactor = 70);

create index credit_intents_by_id on credit_intents (intent_id);
create index credit_intents_due on credit_intents (due_at) where due_at is not null;
create index credit_intents_reversals on credit_intents (reverses_intent_id) where reverses_intent_id is not null;

-- Spread by the key itself: it is unique in its project and scope, whoever the customer is. Which intent it stands for;
-- another one, once that has failed.
create table credit_intent_keys (
  bucket smallint not null,
  project_id text not null,
  scope text not null,
  key text not null,
  app_user_id text not null,
  intent_id text not null,
  primary key (bucket, project_id, scope, key)
);
