-- The whole life of a purchase: billing trouble, pauses, changes of the product, refunds of any charge, and what the store
-- knew when. A column added with a constant default is not rewritten.
-- A migration is one transaction, in which no index can be made concurrently; nobody writes while it runs.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set local lock_timeout = '5s';

alter table purchases
  -- Nobody knows as of when the earlier rows were so: anything that is said of them is newer.
  add column as_of timestamptz not null default '1970-01-01 00:00:00+00',
  add column cancel_reason text,
  add column auto_resume_at timestamptz,
  add column pending_product_id text,
  add column price_consent text,
  add column revoked_at timestamptz,
  add column superseded jsonb,
  -- Products that the chain had before; null for none, which is nearly always.
  add column former_products jsonb;

alter table purchases
  add constraint purchases_price_consent check (price_consent in ('required', 'approved')) not valid;

alter table purchase_transactions
  add column refunded_at timestamptz,
  -- Null for all of it.
  add column refunded_micros bigint,
  add column refund_ends_access boolean not null default true,
  add column offer_code text,
  add column quantity integer not null default 1;

alter table purchase_transactions
  add constraint purchase_transactions_quantity check (quantity >= 1) not valid;

-- A refund was a fact of the purchase, and always of its latest charge.
update purchase_transactions as charge
set refunded_at = purchase.refunded_at
from purchases as purchase
where purchase.bucket = charge.bucket
  and purchase.customer_id = charge.customer_id
  and purchase.purchase_id = charge.purchase_id
  and purchase.renewal_number = charge.number
  and purchase.refunded_at is not null;

-- Each store is asked at its own pace.
drop index purchases_due;
create index purchases_due on purchases (store, due_at) where due_at is not null;
