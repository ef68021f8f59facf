-- What projects are and sell. Small tables, read as a whole.
set local lock_timeout = '5s';

create table projects (
  project_id text primary key,
  name text not null,
  is_demo boolean not null,
  restore_behavior text not null check (restore_behavior in ('transfer', 'transfer_if_no_active_subs', 'error')),
  test_store_pace text not null check (test_store_pace in ('calendar', 'accelerated')),
  test_store_max_renewals integer check (test_store_max_renewals >= 0),
  created_at timestamptz not null
);

create table apps (
  app_id text primary key,
  project_id text not null references projects,
  name text not null,
  store text not null,
  public_key text not null unique,
  created_at timestamptz not null
);

create table secret_keys (
  key_id text primary key,
  project_id text not null references projects,
  label text not null,
  version text not null check (version in ('v1', 'v2')),
  scopes text[] not null,
  key_hash text not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table entitlements (
  entitlement_id text primary key,
  project_id text not null references projects,
  lookup_key text not null,
  display_name text not null,
  unique (project_id, lookup_key)
);

create table products (
  product_id text primary key,
  project_id text not null references projects,
  app_id text not null references apps,
  store_product_id text not null,
  type text not null check (type in ('subscription', 'consumable', 'non_consumable')),
  display_name text not null,
  period text,
  price_micros bigint not null check (price_micros >= 0),
  currency text not null,
  trial_period text,
  trial_cycles integer,
  trial_price_micros bigint check (trial_price_micros >= 0),
  unique (app_id, store_product_id),
  check ((type = 'subscription') = (period is not null))
);

create table product_entitlements (
  product_id text not null references products,
  entitlement_id text not null references entitlements,
  primary key (product_id, entitlement_id)
);

create table offerings (
  offering_id text primary key,
  project_id text not null references projects,
  lookup_key text not null,
  description text not null,
  metadata jsonb,
  is_current boolean not null,
  position integer not null,
  unique (project_id, lookup_key)
);

create unique index offerings_one_current on offerings (project_id) where is_current;

create table packages (
  package_id text primary key,
  offering_id text not null references offerings,
  lookup_key text not null,
  position integer not null,
  unique (offering_id, lookup_key)
);

create table package_products (
  package_id text not null references packages,
  product_id text not null references products,
  primary key (package_id, product_id)
);

create table currencies (
  project_id text not null references projects,
  code text not null,
  name text not null,
  description text,
  position integer not null,
  primary key (project_id, code)
);

create table currency_grants (
  project_id text not null,
  currency text not null,
  product_id text not null references products,
  amount bigint not null check (amount >= 0),
  trial_amount bigint not null check (trial_amount >= 0),
  primary key (project_id, currency, product_id),
  foreign key (project_id, currency) references currencies
);
