-- Devices that asked to be woken up when something changes while they are not connected.
set local lock_timeout = '5s';

create table devices (
  bucket smallint not null,
  customer_id text not null,
  device_id text not null,
  project_id text not null,
  platform text not null,
  push_token text not null,
  bundle_id text not null,
  registered_at timestamptz not null,
  primary key (bucket, customer_id, device_id),
  foreign key (bucket, customer_id) references customers
);

-- A token is one installation of an app: whoever signs in there last has it.
create index devices_by_token on devices (push_token, project_id);
