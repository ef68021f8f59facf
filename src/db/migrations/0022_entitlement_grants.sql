-- Access that a team gives by hand, and customers who were deleted.
set local lock_timeout = '5s';

create table entitlement_grants (
  bucket smallint not null,
  customer_id text not null,
  grant_id text not null,
  project_id text not null,
  lookup_key text not null, -- of the entitlement; the grant outlives it
  duration text not null, -- a word of REST API v1, or `custom`
  granted_by text not null,
  store_transaction_id text not null,
  granted_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  due_at timestamptz, -- null: the end was told
  primary key (bucket, customer_id, grant_id),
  foreign key (bucket, customer_id) references customers,
  check (expires_at > granted_at)
) with (fillfactor = 80);

create index entitlement_grants_due on entitlement_grants (due_at) where due_at is not null;

alter table customers
  add column has_grants boolean not null default false, -- ever had; so that reading those without costs nothing
  add column erased_at timestamptz; -- the person was deleted: only what the ledger needs is left, and nobody writes it
