-- What operators decided about how many credits a period allows to one customer, whatever the tier says.
set local lock_timeout = '5s';

-- Append-only: the highest number counts, earlier ones say what counted before, since when, by whom and why. A customer
-- without rows has the tier's cap.
create table cap_overrides (
  bucket smallint not null,
  customer_id text not null,
  number integer not null check (number > 0),
  credits_total bigint check (credits_total between 1 and 2000000000), -- null: the tier's cap counts again
  reason text not null,
  actor text not null,
  request_id text, -- null: from the command line
  merged_from text, -- the customer who had it before a merge; who, why and when are then of that decision
  created_at timestamptz not null,
  primary key (bucket, customer_id, number),
  foreign key (bucket, customer_id) references customers
);
