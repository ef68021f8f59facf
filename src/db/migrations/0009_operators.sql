-- Operators by name beside the shared admin secret, what they moved in a day, and changes that wait for a second person.
set local lock_timeout = '5s';

create table operators (
  operator_id text primary key,
  project_id text references projects, -- null: all projects
  name text not null,
  role text not null check (role in ('viewer', 'support', 'lead', 'admin')),
  max_per_change bigint check (max_per_change > 0),
  max_per_day bigint check (max_per_day > 0),
  created_at timestamptz not null
);

create table operator_tokens (
  token_id text primary key,
  operator_id text not null references operators,
  token_hash text not null unique,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

create index operator_tokens_of_operator on operator_tokens (operator_id);

-- Units granted plus units taken; a row is locked by every change that it counts.
create table operator_days (
  operator_id text not null references operators,
  day text not null, -- in UTC, such as 2026-05-04
  currency text not null,
  units bigint not null check (units >= 0),
  primary key (operator_id, day, currency)
) with (fillfactor = 70);

-- Changes by hand whose amount is above this wait for a second person; null asks for nobody.
alter table projects add column approval_threshold bigint;

-- Written by people, hence few. By the user's id and not the customer's: a merge changes whose it is, not what was asked.
create table approvals (
  approval_id text primary key,
  project_id text not null references projects,
  user_id text not null,
  currency text not null,
  amount bigint not null check (amount <> 0),
  reason text not null,
  idempotency_key text,
  requested_by text not null, -- an operator's id, or admin for the shared secret
  requested_by_name text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decision text check (decision in ('approved', 'rejected')),
  decided_by text,
  decided_by_name text,
  decided_at timestamptz,
  decision_reason text,
  transaction_id text unique, -- the ledger transaction that did it
  balance bigint,
  check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
  check ((decision is not distinct from 'approved') = (transaction_id is not null and balance is not null)),
  check ((decision is not distinct from 'rejected') = (decision_reason is not null))
);

create index approvals_of_project on approvals (project_id, approval_id desc);
