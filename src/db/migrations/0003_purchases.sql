-- What customers bought, and which customer owns which chain of store transactions.
set local lock_timeout = '5s';

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
