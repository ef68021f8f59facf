-- Whose a purchase is and how it came there, who may not be a customer, and whose test purchases give access.
set local lock_timeout = '5s';

-- `share` is for projects that began with it elsewhere: on a restore both become one customer, a purchase is refused.
alter table projects drop constraint projects_restore_behavior_check;
alter table projects add constraint projects_restore_behavior_check
  check (restore_behavior in ('transfer', 'transfer_if_no_active_subs', 'error', 'share')) not valid;

-- What counts for sandbox purchases instead; null: the same as for the others.
alter table projects add column sandbox_restore_behavior text;
alter table projects add constraint projects_sandbox_restore_behavior_check
  check (sandbox_restore_behavior in ('transfer', 'transfer_if_no_active_subs', 'error', 'share')) not valid;

-- Whose sandbox purchases give access.
alter table projects add column testing_access text not null default 'anybody';
alter table projects add constraint projects_testing_access_check
  check (testing_access in ('anybody', 'allow_listed', 'nobody')) not valid;

-- What counts instead for purchases that belong to this customer; null: what the project says.
alter table customers add column restore_behavior text;
alter table customers add constraint customers_restore_behavior_check
  check (restore_behavior in ('transfer', 'transfer_if_no_active_subs', 'error')) not valid;

-- Those whose sandbox purchases give access where that is not for anybody. A small table, read as a whole.
create table testers (
  project_id text not null references projects,
  app_user_id text not null,
  primary key (project_id, app_user_id)
);

-- Ids that nobody may use. A small table: a project has a hundred at most.
create table blocked_app_user_ids (
  project_id text not null references projects,
  app_user_id text not null,
  reason text not null,
  actor text not null,
  blocked_at timestamptz not null,
  primary key (project_id, app_user_id)
);

-- Append-only: how each purchase came to each of its owners; the highest number is the present one. Spread by the
-- purchase and not by the customer, so that nothing moves when the purchase does.
create table purchase_ownerships (
  bucket smallint not null,
  project_id text not null,
  purchase_id text not null,
  number integer not null check (number > 0),
  cause text not null check (cause in ('posted', 'imported', 'told', 'noticed', 'merged', 'aliased', 'transferred', 'redeemed')),
  customer_id text not null, -- the owner from then on
  from_customer_id text, -- the owner until then; null for the first
  app_user_id text, -- the id that it was done under; null for a merge
  app_id text, -- the app whose key was used; null without one
  rule text, -- the behaviour that decided, when somebody had it before
  rule_source text, -- who set that behaviour
  recorded_at timestamptz not null,
  primary key (bucket, project_id, purchase_id, number)
);

-- When a person is deleted, no step may name them any more.
create index purchase_ownerships_by_customer on purchase_ownerships (customer_id);
