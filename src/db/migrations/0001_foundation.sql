-- The first schema. Customer-scoped tables begin with `bucket`, a stable hash computed by the server, in their
-- primary key and in every unique index, so that the same schema can be spread over many servers. What must be
-- unique over all customers has its own table, spread by its own key. Catalogue tables are small and read whole.
set local lock_timeout = '5s';

-- Catalogue -------------------------------------------------------------------------------------------------

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

-- Customers -------------------------------------------------------------------------------------------------

-- The one row that every change of a customer locks first. Rewritten often, so pages keep room.
create table customers (
  bucket smallint not null,
  customer_id text not null,
  project_id text not null,
  original_app_user_id text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  revision bigint not null check (revision >= 0),
  merged_into_id text,
  primary key (bucket, customer_id)
) with (fillfactor = 70);

-- Spread by the app user id: from a name to its customer. `bucket` is the hash of project and app user id.
create table customer_aliases (
  bucket smallint not null,
  project_id text not null,
  app_user_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  last_seen_at timestamptz not null,
  primary key (bucket, project_id, app_user_id)
);

create index customer_aliases_by_customer on customer_aliases (customer_bucket, customer_id);

create table customer_attributes (
  bucket smallint not null,
  customer_id text not null,
  key text not null,
  value text,
  updated_at timestamptz not null,
  primary key (bucket, customer_id, key),
  foreign key (bucket, customer_id) references customers
);

-- Purchases -------------------------------------------------------------------------------------------------

create table purchases (
  bucket smallint not null,
  customer_id text not null,
  purchase_id text not null,
  project_id text not null,
  app_id text not null references apps,
  store text not null,
  environment text not null check (environment in ('sandbox', 'production')),
  store_purchase_id text not null,
  type text not null check (type in ('subscription', 'consumable', 'non_consumable')),
  product_id text not null references products,
  original_purchased_at timestamptz not null,
  purchased_at timestamptz not null,
  expires_at timestamptz,
  period_type text not null check (period_type in ('normal', 'intro', 'trial', 'prepaid')),
  store_transaction_id text not null,
  price_micros bigint,
  currency text,
  ownership text not null check (ownership in ('PURCHASED', 'FAMILY_SHARED')),
  auto_renews boolean not null,
  unsubscribe_detected_at timestamptz,
  billing_issue_detected_at timestamptz,
  grace_expires_at timestamptz,
  refunded_at timestamptz,
  renewal_number integer not null check (renewal_number >= 1),
  presented_offering text,
  expiration_seen_at timestamptz,
  due_at timestamptz,
  primary key (bucket, customer_id, purchase_id),
  foreign key (bucket, customer_id) references customers
) with (fillfactor = 80);

create index purchases_due on purchases (due_at) where due_at is not null;

create table purchase_transactions (
  bucket smallint not null,
  customer_id text not null,
  purchase_id text not null,
  number integer not null,
  store_transaction_id text not null,
  product_id text not null,
  period_type text not null,
  purchased_at timestamptz not null,
  expires_at timestamptz,
  price_micros bigint,
  currency text,
  primary key (bucket, customer_id, purchase_id, number)
);

-- Spread by the store's identifier: a chain of store transactions belongs to exactly one customer.
create table store_claims (
  bucket smallint not null,
  project_id text not null,
  store text not null,
  environment text not null,
  store_purchase_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  purchase_id text not null,
  primary key (bucket, project_id, store, environment, store_purchase_id)
);

-- Wallet ----------------------------------------------------------------------------------------------------

-- Projection of the postings of account 'wallet'; changed only together with them.
create table wallet_balances (
  bucket smallint not null,
  customer_id text not null,
  currency text not null,
  balance bigint not null check (balance between 0 and 2000000000),
  primary key (bucket, customer_id, currency),
  foreign key (bucket, customer_id) references customers
) with (fillfactor = 70);

-- Append-only. One row per ledger transaction, one or more postings each; they sum to zero per currency.
create table wallet_transactions (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  kind text not null,
  actor text not null,
  reason text,
  request_id text,
  purchase_id text,
  store_transaction_id text,
  created_at timestamptz not null,
  primary key (bucket, customer_id, transaction_id)
);

create table wallet_postings (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  number smallint not null,
  account text not null,
  currency text not null,
  amount bigint not null check (amount <> 0),
  primary key (bucket, customer_id, transaction_id, number),
  foreign key (bucket, customer_id, transaction_id) references wallet_transactions
);

create table wallet_lots (
  bucket smallint not null,
  customer_id text not null,
  lot_id text not null,
  currency text not null,
  transaction_id text not null,
  source text not null check (source in ('purchase', 'operator', 'merge')),
  purchase_id text,
  granted bigint not null check (granted > 0),
  remaining bigint not null check (remaining between 0 and granted),
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (bucket, customer_id, lot_id)
) with (fillfactor = 70);

create index wallet_lots_open on wallet_lots (bucket, customer_id, currency) where remaining > 0;

create table wallet_draws (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  lot_id text not null,
  amount bigint not null check (amount > 0),
  primary key (bucket, customer_id, transaction_id, lot_id)
);

-- Idempotency and outbox ------------------------------------------------------------------------------------

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
