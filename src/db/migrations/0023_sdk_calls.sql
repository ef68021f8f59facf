-- What the remaining calls of REST API v1 leave behind.
set local lock_timeout = '5s';

-- The country of the store that the customer's app last named (two letters), and the offering that a team chose for the
-- customer in place of the current one. An override whose offering is gone counts as none.
alter table customers add column country_code text;
alter table customers add column offering_override_id text;

-- What an app told beside a receipt, once per purchase. Spread by the purchase, so that it stays where it is when the
-- purchase changes hands.
create table receipt_facts (
  bucket smallint not null,
  purchase_id text not null,
  project_id text not null,
  facts json not null,
  received_at timestamptz not null,
  primary key (bucket, purchase_id)
);

-- Links by which a purchase is taken along into an app. Spread by the hash of the token, the only form that is kept.
create table redemption_tokens (
  bucket smallint not null,
  token_hash text not null,
  project_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  purchase_ids text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  redeemed_by text, -- the app user id that redeemed
  primary key (bucket, token_hash)
);

create index redemption_tokens_by_customer on redemption_tokens (customer_bucket, customer_id);

-- What apps show in their customer center, as the project wrote it. json, not jsonb: the order of its parts is shown.
create table customer_centers (
  project_id text primary key references projects,
  document json not null,
  actor text not null,
  updated_at timestamptz not null
);

-- What people wrote to the team from the customer center.
create table support_tickets (
  bucket smallint not null,
  customer_id text not null,
  ticket_id text not null,
  project_id text not null,
  app_user_id text not null,
  email text not null,
  description text not null,
  created_at timestamptz not null,
  primary key (bucket, customer_id, ticket_id),
  foreign key (bucket, customer_id) references customers
);

create index support_tickets_latest on support_tickets (project_id, ticket_id desc);
