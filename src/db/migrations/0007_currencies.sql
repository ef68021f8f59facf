-- Currencies that can be configured while the server runs: their age, the archive, and grants that lapse with the cycle.
set local lock_timeout = '5s';

alter table currencies add column created_at timestamptz not null default now();
alter table currencies alter column created_at drop default;
alter table currencies add column archived_at timestamptz;

-- No currency could be made later than its project until now.
update currencies set created_at = projects.created_at from projects where projects.project_id = currencies.project_id;

alter table currency_grants add column if not exists expire_at_cycle_end boolean not null default false;
-- The order in which the grants of a currency were written down; they are shown in it.
alter table currency_grants add column position integer not null default 0;
