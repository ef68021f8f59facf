-- The last message of each kind that a team's own service published to a user, for those who connect later.
set local lock_timeout = '5s';

create table published_envelopes (
  bucket smallint not null,
  customer_id text not null,
  topic_suffix text not null, -- what follows `user:<id>` in the topic; a customer may have several ids
  event text not null,
  envelope_id text not null,
  revision bigint not null,
  data json, -- json, not jsonb: clients get the fields in the order in which they were given
  occurred_at timestamptz not null,
  primary key (bucket, customer_id, topic_suffix, event),
  foreign key (bucket, customer_id) references customers
) with (fillfactor = 70);

create index published_envelopes_old on published_envelopes (occurred_at);
