-- Customer-scoped tables begin with `bucket`, a stable hash computed by the server, in their primary key and in every
-- unique index, so that the same schema can be spread over many servers. What must be unique over all customers has its
-- own table, spread by its own key.
set local lock_timeout = '5s';

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
