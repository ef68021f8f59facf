-- Generated from the migrations by `npm run docs`. Do not edit.

create table approvals (
  approval_id text not null,
  project_id text not null,
  user_id text not null,
  currency text not null,
  amount bigint not null,
  reason text not null,
  idempotency_key text,
  requested_by text not null,
  requested_by_name text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  decision text,
  decided_by text,
  decided_by_name text,
  decided_at timestamp with time zone,
  decision_reason text,
  transaction_id text,
  balance bigint,
  constraint approvals_amount_check CHECK ((amount <> 0)),
  constraint approvals_check CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
  constraint approvals_check1 CHECK (((NOT (decision IS DISTINCT FROM 'approved'::text)) = ((transaction_id IS NOT NULL) AND (balance IS NOT NULL)))),
  constraint approvals_check2 CHECK (((NOT (decision IS DISTINCT FROM 'rejected'::text)) = (decision_reason IS NOT NULL))),
  constraint approvals_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'rejected'::text]))),
  constraint approvals_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint approvals_pkey PRIMARY KEY (approval_id),
  constraint approvals_transaction_id_key UNIQUE (transaction_id)
);
CREATE INDEX approvals_of_project ON public.approvals USING btree (project_id, approval_id DESC);

create table apps (
  app_id text not null,
  project_id text not null,
  name text not null,
  store text not null,
  public_key text not null,
  created_at timestamp with time zone not null,
  constraint apps_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint apps_pkey PRIMARY KEY (app_id),
  constraint apps_public_key_key UNIQUE (public_key)
);

create table blocked_app_user_ids (
  project_id text not null,
  app_user_id text not null,
  reason text not null,
  actor text not null,
  blocked_at timestamp with time zone not null,
  constraint blocked_app_user_ids_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint blocked_app_user_ids_pkey PRIMARY KEY (project_id, app_user_id)
);

create table bulk_grants (
  bucket smallint not null,
  bulk_id text not null,
  project_id text not null,
  state text not null,
  name text,
  content_hash text not null,
  uploaded_by text not null,
  started_by text,
  row_count integer not null,
  sums json not null,
  forecast json not null,
  done integer not null default 0,
  refused integer not null default 0,
  refusals json not null,
  worked_ms bigint not null default 0,
  lease integer not null default 0,
  leased_until timestamp with time zone,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint bulk_grants_check CHECK (((done + refused) <= row_count)),
  constraint bulk_grants_done_check CHECK ((done >= 0)),
  constraint bulk_grants_refused_check CHECK ((refused >= 0)),
  constraint bulk_grants_row_count_check CHECK ((row_count > 0)),
  constraint bulk_grants_state_check CHECK ((state = ANY (ARRAY['uploaded'::text, 'running'::text, 'paused'::text, 'cancelled'::text, 'done'::text]))),
  constraint bulk_grants_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint bulk_grants_pkey PRIMARY KEY (bucket, bulk_id)
) with (fillfactor=50);
CREATE INDEX bulk_grants_due ON public.bulk_grants USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX bulk_grants_of_project ON public.bulk_grants USING btree (project_id, bulk_id);

create table bulk_rows (
  bucket smallint not null,
  bulk_id text not null,
  number integer not null,
  line integer not null,
  user_id text not null,
  currency text not null,
  amount bigint not null,
  reason text not null,
  idempotency_key text,
  state text not null default 'waiting'::text,
  refusal text,
  forecast text,
  transaction_id text,
  balance bigint,
  replayed boolean not null default false,
  settled_at timestamp with time zone,
  constraint bulk_rows_amount_check CHECK ((amount <> 0)),
  constraint bulk_rows_check CHECK (((state = 'refused'::text) = (refusal IS NOT NULL))),
  constraint bulk_rows_check1 CHECK (((state = 'done'::text) = (transaction_id IS NOT NULL))),
  constraint bulk_rows_number_check CHECK ((number > 0)),
  constraint bulk_rows_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'refused'::text]))),
  constraint bulk_rows_bucket_bulk_id_fkey FOREIGN KEY (bucket, bulk_id) REFERENCES bulk_grants(bucket, bulk_id),
  constraint bulk_rows_pkey PRIMARY KEY (bucket, bulk_id, number)
) with (fillfactor=70);
CREATE INDEX bulk_rows_by_user ON public.bulk_rows USING btree (bucket, bulk_id, user_id COLLATE "C", number);
CREATE INDEX bulk_rows_refused ON public.bulk_rows USING btree (bucket, bulk_id, number) WHERE (state = 'refused'::text);
CREATE INDEX bulk_rows_waiting ON public.bulk_rows USING btree (bucket, bulk_id, number) WHERE (state = 'waiting'::text);

create table cap_overrides (
  bucket smallint not null,
  customer_id text not null,
  number integer not null,
  credits_total bigint,
  reason text not null,
  actor text not null,
  request_id text,
  merged_from text,
  created_at timestamp with time zone not null,
  constraint cap_overrides_credits_total_check CHECK (((credits_total >= 1) AND (credits_total <= 2000000000))),
  constraint cap_overrides_number_check CHECK ((number > 0)),
  constraint cap_overrides_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint cap_overrides_pkey PRIMARY KEY (bucket, customer_id, number)
);

create table credit_intent_keys (
  bucket smallint not null,
  project_id text not null,
  scope text not null,
  key text not null,
  app_user_id text not null,
  intent_id text not null,
  constraint credit_intent_keys_pkey PRIMARY KEY (bucket, project_id, scope, key)
);

create table credit_intents (
  bucket smallint not null,
  project_id text not null,
  app_user_id text not null,
  intent_id text not null,
  upstream_project_id text not null,
  currency text not null,
  amount bigint not null,
  reason text not null,
  actor text not null,
  request_id text not null,
  idempotency_key text,
  reverses_intent_id text,
  status text not null,
  attempts integer not null,
  is_uncertain boolean not null,
  last_error text,
  balance_after bigint,
  leased_until_at timestamp with time zone,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  constraint credit_intents_amount_check CHECK ((amount <> 0)),
  constraint credit_intents_attempts_check CHECK ((attempts >= 0)),
  constraint credit_intents_balance_after_check CHECK ((balance_after >= 0)),
  constraint credit_intents_check CHECK (((status = 'pending'::text) = (settled_at IS NULL))),
  constraint credit_intents_check1 CHECK (((status = 'applied'::text) = (balance_after IS NOT NULL))),
  constraint credit_intents_check2 CHECK (((status = 'pending'::text) OR ((due_at IS NULL) AND (leased_until_at IS NULL)))),
  constraint credit_intents_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'applied'::text, 'failed'::text]))),
  constraint credit_intents_pkey PRIMARY KEY (bucket, project_id, app_user_id, intent_id)
) with (fillfactor=70);
CREATE INDEX credit_intents_by_id ON public.credit_intents USING btree (intent_id);
CREATE INDEX credit_intents_due ON public.credit_intents USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX credit_intents_reversals ON public.credit_intents USING btree (reverses_intent_id) WHERE (reverses_intent_id IS NOT NULL);

create table currencies (
  project_id text not null,
  code text not null,
  name text not null,
  description text,
  position integer not null,
  debt_policy text not null default 'clamp'::text,
  created_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  transfers_allowed boolean not null default false,
  floor bigint not null default 0,
  constraint currencies_debt_policy CHECK ((debt_policy = ANY (ARRAY['clamp'::text, 'debt'::text, 'block'::text]))) NOT VALID,
  constraint currencies_floor CHECK (((floor >= 0) AND (floor <= 2000000000))) NOT VALID,
  constraint currencies_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint currencies_pkey PRIMARY KEY (project_id, code)
);

create table currency_grants (
  project_id text not null,
  currency text not null,
  product_id text not null,
  amount bigint not null,
  trial_amount bigint not null,
  expire_at_cycle_end boolean not null default false,
  position integer not null default 0,
  constraint currency_grants_amount_check CHECK ((amount >= 0)),
  constraint currency_grants_trial_amount_check CHECK ((trial_amount >= 0)),
  constraint currency_grants_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(product_id),
  constraint currency_grants_project_id_currency_fkey FOREIGN KEY (project_id, currency) REFERENCES currencies(project_id, code),
  constraint currency_grants_pkey PRIMARY KEY (project_id, currency, product_id)
);

create table customer_aliases (
  bucket smallint not null,
  project_id text not null,
  app_user_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  last_seen_at timestamp with time zone not null,
  constraint customer_aliases_pkey PRIMARY KEY (bucket, project_id, app_user_id)
);
CREATE INDEX customer_aliases_by_customer ON public.customer_aliases USING btree (customer_bucket, customer_id);
CREATE INDEX customer_aliases_by_prefix ON public.customer_aliases USING btree (project_id, app_user_id text_pattern_ops);

create table customer_attributes (
  bucket smallint not null,
  customer_id text not null,
  key text not null,
  value text,
  updated_at timestamp with time zone not null,
  constraint customer_attributes_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint customer_attributes_pkey PRIMARY KEY (bucket, customer_id, key)
);
CREATE INDEX customer_attributes_by_email ON public.customer_attributes USING btree (lower(value)) WHERE ((key = '$email'::text) AND (value IS NOT NULL));

create table customer_centers (
  project_id text not null,
  document json not null,
  actor text not null,
  updated_at timestamp with time zone not null,
  constraint customer_centers_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint customer_centers_pkey PRIMARY KEY (project_id)
);

create table customers (
  bucket smallint not null,
  customer_id text not null,
  project_id text not null,
  original_app_user_id text not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  revision bigint not null,
  merged_into_id text,
  ledger_sequence bigint not null default 0,
  ledger_hash text not null default ''::text,
  has_grants boolean not null default false,
  erased_at timestamp with time zone,
  country_code text,
  offering_override_id text,
  restore_behavior text,
  constraint customers_restore_behavior_check CHECK ((restore_behavior = ANY (ARRAY['transfer'::text, 'transfer_if_no_active_subs'::text, 'error'::text]))) NOT VALID,
  constraint customers_revision_check CHECK ((revision >= 0)),
  constraint customers_pkey PRIMARY KEY (bucket, customer_id)
) with (fillfactor=70);
CREATE INDEX customers_merged ON public.customers USING btree (merged_into_id) WHERE (merged_into_id IS NOT NULL);

create table devices (
  bucket smallint not null,
  customer_id text not null,
  device_id text not null,
  project_id text not null,
  platform text not null,
  push_token text not null,
  bundle_id text not null,
  registered_at timestamp with time zone not null,
  constraint devices_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint devices_pkey PRIMARY KEY (bucket, customer_id, device_id)
);
CREATE INDEX devices_by_token ON public.devices USING btree (push_token, project_id);

create table entitlement_grants (
  bucket smallint not null,
  customer_id text not null,
  grant_id text not null,
  project_id text not null,
  lookup_key text not null,
  duration text not null,
  granted_by text not null,
  store_transaction_id text not null,
  granted_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  due_at timestamp with time zone,
  constraint entitlement_grants_check CHECK ((expires_at > granted_at)),
  constraint entitlement_grants_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint entitlement_grants_pkey PRIMARY KEY (bucket, customer_id, grant_id)
) with (fillfactor=80);
CREATE INDEX entitlement_grants_due ON public.entitlement_grants USING btree (due_at) WHERE (due_at IS NOT NULL);

create table entitlements (
  entitlement_id text not null,
  project_id text not null,
  lookup_key text not null,
  display_name text not null,
  constraint entitlements_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint entitlements_pkey PRIMARY KEY (entitlement_id),
  constraint entitlements_project_id_lookup_key_key UNIQUE (project_id, lookup_key)
);

create table event_feeds (
  project_id text not null,
  last_position bigint not null,
  forgotten_position bigint not null default 0,
  constraint event_feeds_forgotten_position_check CHECK ((forgotten_position >= 0)),
  constraint event_feeds_last_position_check CHECK ((last_position >= 0)),
  constraint event_feeds_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint event_feeds_pkey PRIMARY KEY (project_id)
) with (fillfactor=50);

create table events (
  bucket smallint not null,
  customer_id text not null,
  event_id text not null,
  project_id text not null,
  revision bigint not null,
  type text not null,
  occurred_at timestamp with time zone not null,
  data jsonb not null,
  ordinal smallint not null default 0,
  waits boolean not null default false,
  position bigint,
  webhook_id uuid,
  relayed_at timestamp with time zone,
  body text,
  constraint events_pkey PRIMARY KEY (bucket, customer_id, event_id)
);
CREATE INDEX events_feed ON public.events USING btree (project_id, "position") WHERE ("position" IS NOT NULL);
CREATE INDEX events_told ON public.events USING btree (project_id, event_id) WHERE ("position" IS NOT NULL);
CREATE INDEX events_waiting ON public.events USING btree (occurred_at) WHERE waits;
CREATE INDEX events_waiting_of_customer ON public.events USING btree (bucket, customer_id, revision, ordinal) WHERE waits;

create table idempotency_keys (
  bucket smallint not null,
  project_id text not null,
  scope text not null,
  key text not null,
  fingerprint text not null,
  answer json not null,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (bucket, project_id, scope, key)
);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING brin (created_at) WITH (pages_per_range='16');

create table incoming_events (
  bucket smallint not null,
  project_id text not null,
  event_id text not null,
  type text not null,
  store text,
  environment text,
  chain_id text,
  app_user_id text,
  transferred_from text[],
  told_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  body json not null,
  status text not null,
  outcome text,
  problem text,
  attempts integer not null default 0,
  due_at timestamp with time zone,
  settled_at timestamp with time zone,
  constraint incoming_events_check CHECK (((status = 'pending'::text) = (due_at IS NOT NULL))),
  constraint incoming_events_check1 CHECK (((chain_id IS NULL) OR ((store IS NOT NULL) AND (environment IS NOT NULL)))),
  constraint incoming_events_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'applied'::text, 'ignored'::text, 'parked'::text]))),
  constraint incoming_events_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint incoming_events_pkey PRIMARY KEY (bucket, project_id, event_id)
) with (fillfactor=80);
CREATE INDEX incoming_events_chain ON public.incoming_events USING btree (project_id, chain_id) WHERE (chain_id IS NOT NULL);
CREATE INDEX incoming_events_due ON public.incoming_events USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX incoming_events_parked ON public.incoming_events USING btree (project_id, told_at) WHERE (status = 'parked'::text);
CREATE INDEX incoming_events_transfers ON public.incoming_events USING gin (transferred_from) WHERE (transferred_from IS NOT NULL);

create table offerings (
  offering_id text not null,
  project_id text not null,
  lookup_key text not null,
  description text not null,
  metadata jsonb,
  is_current boolean not null,
  position integer not null,
  constraint offerings_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint offerings_pkey PRIMARY KEY (offering_id),
  constraint offerings_project_id_lookup_key_key UNIQUE (project_id, lookup_key)
);
CREATE UNIQUE INDEX offerings_one_current ON public.offerings USING btree (project_id) WHERE is_current;

create table operator_days (
  operator_id text not null,
  day text not null,
  currency text not null,
  units bigint not null,
  constraint operator_days_units_check CHECK ((units >= 0)),
  constraint operator_days_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operators(operator_id),
  constraint operator_days_pkey PRIMARY KEY (operator_id, day, currency)
) with (fillfactor=70);

create table operator_tokens (
  token_id text not null,
  operator_id text not null,
  token_hash text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint operator_tokens_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operators(operator_id),
  constraint operator_tokens_pkey PRIMARY KEY (token_id),
  constraint operator_tokens_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX operator_tokens_of_operator ON public.operator_tokens USING btree (operator_id);

create table operators (
  operator_id text not null,
  project_id text,
  name text not null,
  role text not null,
  max_per_change bigint,
  max_per_day bigint,
  created_at timestamp with time zone not null,
  constraint operators_max_per_change_check CHECK ((max_per_change > 0)),
  constraint operators_max_per_day_check CHECK ((max_per_day > 0)),
  constraint operators_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'support'::text, 'lead'::text, 'admin'::text]))),
  constraint operators_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint operators_pkey PRIMARY KEY (operator_id)
);

create table package_products (
  package_id text not null,
  product_id text not null,
  constraint package_products_package_id_fkey FOREIGN KEY (package_id) REFERENCES packages(package_id),
  constraint package_products_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(product_id),
  constraint package_products_pkey PRIMARY KEY (package_id, product_id)
);

create table packages (
  package_id text not null,
  offering_id text not null,
  lookup_key text not null,
  position integer not null,
  constraint packages_offering_id_fkey FOREIGN KEY (offering_id) REFERENCES offerings(offering_id),
  constraint packages_pkey PRIMARY KEY (package_id),
  constraint packages_offering_id_lookup_key_key UNIQUE (offering_id, lookup_key)
);

create table product_entitlements (
  product_id text not null,
  entitlement_id text not null,
  constraint product_entitlements_entitlement_id_fkey FOREIGN KEY (entitlement_id) REFERENCES entitlements(entitlement_id),
  constraint product_entitlements_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(product_id),
  constraint product_entitlements_pkey PRIMARY KEY (product_id, entitlement_id)
);

create table products (
  product_id text not null,
  project_id text not null,
  app_id text not null,
  store_product_id text not null,
  type text not null,
  display_name text not null,
  period text,
  price_micros bigint not null,
  currency text not null,
  trial_period text,
  trial_cycles integer,
  trial_price_micros bigint,
  constraint products_check CHECK (((type = 'subscription'::text) = (period IS NOT NULL))),
  constraint products_price_micros_check CHECK ((price_micros >= 0)),
  constraint products_trial_price_micros_check CHECK ((trial_price_micros >= 0)),
  constraint products_type_check CHECK ((type = ANY (ARRAY['subscription'::text, 'consumable'::text, 'non_consumable'::text]))),
  constraint products_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(app_id),
  constraint products_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint products_pkey PRIMARY KEY (product_id),
  constraint products_app_id_store_product_id_key UNIQUE (app_id, store_product_id)
);

create table projects (
  project_id text not null,
  name text not null,
  is_demo boolean not null,
  restore_behavior text not null,
  test_store_pace text not null,
  test_store_max_renewals integer,
  created_at timestamp with time zone not null,
  approval_threshold bigint,
  tells_api_events boolean not null default false,
  sandbox_restore_behavior text,
  testing_access text not null default 'anybody'::text,
  constraint projects_restore_behavior_check CHECK ((restore_behavior = ANY (ARRAY['transfer'::text, 'transfer_if_no_active_subs'::text, 'error'::text, 'share'::text]))) NOT VALID,
  constraint projects_sandbox_restore_behavior_check CHECK ((sandbox_restore_behavior = ANY (ARRAY['transfer'::text, 'transfer_if_no_active_subs'::text, 'error'::text, 'share'::text]))) NOT VALID,
  constraint projects_test_store_max_renewals_check CHECK ((test_store_max_renewals >= 0)),
  constraint projects_test_store_pace_check CHECK ((test_store_pace = ANY (ARRAY['calendar'::text, 'accelerated'::text]))),
  constraint projects_testing_access_check CHECK ((testing_access = ANY (ARRAY['anybody'::text, 'allow_listed'::text, 'nobody'::text]))) NOT VALID,
  constraint projects_pkey PRIMARY KEY (project_id)
);

create table published_envelopes (
  bucket smallint not null,
  customer_id text not null,
  topic_suffix text not null,
  event text not null,
  envelope_id text not null,
  revision bigint not null,
  data json,
  occurred_at timestamp with time zone not null,
  constraint published_envelopes_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint published_envelopes_pkey PRIMARY KEY (bucket, customer_id, topic_suffix, event)
) with (fillfactor=70);
CREATE INDEX published_envelopes_old ON public.published_envelopes USING btree (occurred_at);

create table purchase_ownerships (
  bucket smallint not null,
  project_id text not null,
  purchase_id text not null,
  number integer not null,
  cause text not null,
  customer_id text not null,
  from_customer_id text,
  app_user_id text,
  app_id text,
  rule text,
  rule_source text,
  recorded_at timestamp with time zone not null,
  constraint purchase_ownerships_cause_check CHECK ((cause = ANY (ARRAY['posted'::text, 'imported'::text, 'told'::text, 'noticed'::text, 'merged'::text, 'aliased'::text, 'transferred'::text, 'redeemed'::text]))),
  constraint purchase_ownerships_number_check CHECK ((number > 0)),
  constraint purchase_ownerships_pkey PRIMARY KEY (bucket, project_id, purchase_id, number)
);
CREATE INDEX purchase_ownerships_by_customer ON public.purchase_ownerships USING btree (customer_id);

create table purchase_transactions (
  bucket smallint not null,
  customer_id text not null,
  purchase_id text not null,
  number integer not null,
  store_transaction_id text not null,
  product_id text not null,
  period_type text not null,
  purchased_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  price_micros bigint,
  currency text,
  refunded_at timestamp with time zone,
  refunded_micros bigint,
  refund_ends_access boolean not null default true,
  offer_code text,
  quantity integer not null default 1,
  constraint purchase_transactions_quantity CHECK ((quantity >= 1)) NOT VALID,
  constraint purchase_transactions_pkey PRIMARY KEY (bucket, customer_id, purchase_id, number)
);

create table purchases (
  bucket smallint not null,
  customer_id text not null,
  purchase_id text not null,
  project_id text not null,
  app_id text not null,
  store text not null,
  environment text not null,
  store_purchase_id text not null,
  type text not null,
  product_id text not null,
  original_purchased_at timestamp with time zone not null,
  purchased_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  period_type text not null,
  store_transaction_id text not null,
  price_micros bigint,
  currency text,
  ownership text not null,
  auto_renews boolean not null,
  unsubscribe_detected_at timestamp with time zone,
  billing_issue_detected_at timestamp with time zone,
  grace_expires_at timestamp with time zone,
  refunded_at timestamp with time zone,
  renewal_number integer not null,
  presented_offering text,
  expiration_seen_at timestamp with time zone,
  due_at timestamp with time zone,
  as_of timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  cancel_reason text,
  auto_resume_at timestamp with time zone,
  pending_product_id text,
  price_consent text,
  revoked_at timestamp with time zone,
  superseded jsonb,
  former_products jsonb,
  constraint purchases_environment_check CHECK ((environment = ANY (ARRAY['sandbox'::text, 'production'::text]))),
  constraint purchases_ownership_check CHECK ((ownership = ANY (ARRAY['PURCHASED'::text, 'FAMILY_SHARED'::text]))),
  constraint purchases_period_type_check CHECK ((period_type = ANY (ARRAY['normal'::text, 'intro'::text, 'trial'::text, 'prepaid'::text]))),
  constraint purchases_price_consent CHECK ((price_consent = ANY (ARRAY['required'::text, 'approved'::text]))) NOT VALID,
  constraint purchases_renewal_number_check CHECK ((renewal_number >= 1)),
  constraint purchases_type_check CHECK ((type = ANY (ARRAY['subscription'::text, 'consumable'::text, 'non_consumable'::text]))),
  constraint purchases_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(app_id),
  constraint purchases_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint purchases_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(product_id),
  constraint purchases_pkey PRIMARY KEY (bucket, customer_id, purchase_id)
) with (fillfactor=80);
CREATE INDEX purchases_due ON public.purchases USING btree (store, due_at) WHERE (due_at IS NOT NULL);

create table realtime_tokens (
  bucket smallint not null,
  token_hash text not null,
  project_id text not null,
  user_id text not null,
  device_id text not null,
  topics text[] not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint realtime_tokens_pkey PRIMARY KEY (bucket, token_hash)
);
CREATE INDEX realtime_tokens_expired ON public.realtime_tokens USING btree (expires_at);

create table receipt_facts (
  bucket smallint not null,
  purchase_id text not null,
  project_id text not null,
  facts json not null,
  received_at timestamp with time zone not null,
  constraint receipt_facts_pkey PRIMARY KEY (bucket, purchase_id)
);

create table redemption_tokens (
  bucket smallint not null,
  token_hash text not null,
  project_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  purchase_ids text[] not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  redeemed_at timestamp with time zone,
  redeemed_by text,
  constraint redemption_tokens_pkey PRIMARY KEY (bucket, token_hash)
);
CREATE INDEX redemption_tokens_by_customer ON public.redemption_tokens USING btree (customer_bucket, customer_id);

create table schema_migrations (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null,
  constraint schema_migrations_pkey PRIMARY KEY (number)
);

create table secret_keys (
  key_id text not null,
  project_id text not null,
  label text not null,
  version text not null,
  scopes text[] not null,
  key_hash text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint secret_keys_version_check CHECK ((version = ANY (ARRAY['v1'::text, 'v2'::text]))),
  constraint secret_keys_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint secret_keys_pkey PRIMARY KEY (key_id),
  constraint secret_keys_key_hash_key UNIQUE (key_hash)
);

create table store_claims (
  bucket smallint not null,
  project_id text not null,
  store text not null,
  environment text not null,
  store_purchase_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  purchase_id text not null,
  constraint store_claims_pkey PRIMARY KEY (bucket, project_id, store, environment, store_purchase_id)
);

create table support_tickets (
  bucket smallint not null,
  customer_id text not null,
  ticket_id text not null,
  project_id text not null,
  app_user_id text not null,
  email text not null,
  description text not null,
  created_at timestamp with time zone not null,
  constraint support_tickets_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint support_tickets_pkey PRIMARY KEY (bucket, customer_id, ticket_id)
);
CREATE INDEX support_tickets_latest ON public.support_tickets USING btree (project_id, ticket_id DESC);

create table testers (
  project_id text not null,
  app_user_id text not null,
  constraint testers_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint testers_pkey PRIMARY KEY (project_id, app_user_id)
);

create table usage_configs (
  project_id text not null,
  version integer not null,
  document json not null,
  actor text not null,
  created_at timestamp with time zone not null,
  constraint usage_configs_version_check CHECK ((version > 0)),
  constraint usage_configs_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint usage_configs_pkey PRIMARY KEY (project_id, version)
);

create table usage_counters (
  bucket smallint not null,
  customer_id text not null,
  period_key text not null,
  meter text not null,
  used bigint not null,
  resets_at timestamp with time zone not null,
  constraint usage_counters_used_check CHECK ((used > 0)),
  constraint usage_counters_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint usage_counters_pkey PRIMARY KEY (bucket, customer_id, period_key, meter)
) with (fillfactor=70);

create table wallet_balances (
  bucket smallint not null,
  customer_id text not null,
  currency text not null,
  balance bigint not null,
  owed bigint not null default 0,
  constraint wallet_balances_balance_check CHECK (((balance >= 0) AND (balance <= 2000000000))),
  constraint wallet_balances_owed CHECK ((owed >= 0)) NOT VALID,
  constraint wallet_balances_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint wallet_balances_pkey PRIMARY KEY (bucket, customer_id, currency)
) with (fillfactor=70);

create table wallet_draws (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  lot_id text not null,
  amount bigint not null,
  constraint wallet_draws_amount_check CHECK ((amount <> 0)) NOT VALID,
  constraint wallet_draws_pkey PRIMARY KEY (bucket, customer_id, transaction_id, lot_id)
);

create table wallet_holds (
  bucket smallint not null,
  customer_id text not null,
  hold_id text not null,
  transaction_id text not null,
  currency text not null,
  status text not null,
  authorised bigint not null,
  captured bigint not null,
  reason text not null,
  actor text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint wallet_holds_authorised_check CHECK ((authorised > 0)),
  constraint wallet_holds_captured_check CHECK ((captured >= 0)),
  constraint wallet_holds_check CHECK (((status = 'open'::text) = (closed_at IS NULL))),
  constraint wallet_holds_check1 CHECK (((status <> 'open'::text) OR (captured < authorised))),
  constraint wallet_holds_status_check CHECK ((status = ANY (ARRAY['open'::text, 'captured'::text, 'voided'::text, 'expired'::text]))),
  constraint wallet_holds_bucket_customer_id_fkey FOREIGN KEY (bucket, customer_id) REFERENCES customers(bucket, customer_id),
  constraint wallet_holds_pkey PRIMARY KEY (bucket, customer_id, hold_id)
) with (fillfactor=80);
CREATE INDEX wallet_holds_by_id ON public.wallet_holds USING btree (hold_id);
CREATE INDEX wallet_holds_due ON public.wallet_holds USING btree (expires_at) WHERE (status = 'open'::text);

create table wallet_lots (
  bucket smallint not null,
  customer_id text not null,
  lot_id text not null,
  currency text not null,
  transaction_id text not null,
  source text not null,
  purchase_id text,
  granted bigint not null,
  remaining bigint not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  origin_lot_id text,
  constraint wallet_lots_check CHECK (((remaining >= 0) AND (remaining <= granted))),
  constraint wallet_lots_granted_check CHECK ((granted > 0)),
  constraint wallet_lots_source_check CHECK ((source = ANY (ARRAY['purchase'::text, 'operator'::text, 'merge'::text]))),
  constraint wallet_lots_pkey PRIMARY KEY (bucket, customer_id, lot_id)
) with (fillfactor=70);
CREATE INDEX wallet_lots_due ON public.wallet_lots USING btree (expires_at) WHERE ((remaining > 0) AND (expires_at IS NOT NULL));
CREATE INDEX wallet_lots_lapsing ON public.wallet_lots USING btree (bucket, customer_id, expires_at) WHERE ((remaining > 0) AND (expires_at IS NOT NULL));
CREATE INDEX wallet_lots_open ON public.wallet_lots USING btree (bucket, customer_id, currency) WHERE (remaining > 0);

create table wallet_postings (
  bucket smallint not null,
  customer_id text not null,
  transaction_id text not null,
  number smallint not null,
  account text not null,
  currency text not null,
  amount bigint not null,
  constraint wallet_postings_amount_check CHECK ((amount <> 0)),
  constraint wallet_postings_pkey PRIMARY KEY (bucket, customer_id, transaction_id, number)
);

create table wallet_references (
  bucket smallint not null,
  project_id text not null,
  kind text not null,
  value text not null,
  created_at timestamp with time zone not null,
  transaction_id text not null,
  customer_bucket smallint not null,
  customer_id text not null,
  constraint wallet_references_kind_check CHECK ((kind = ANY (ARRAY['ticket'::text, 'operator'::text]))),
  constraint wallet_references_pkey PRIMARY KEY (bucket, project_id, kind, value, created_at, transaction_id)
);

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
  created_at timestamp with time zone not null,
  reverses_transaction_id text,
  sequence bigint not null default 0,
  previous_hash text not null default ''::text,
  hash text not null default ''::text,
  operation_id text,
  constraint wallet_transactions_pkey PRIMARY KEY (bucket, customer_id, transaction_id)
);
CREATE INDEX wallet_transactions_by_charge ON public.wallet_transactions USING btree (purchase_id) WHERE (purchase_id IS NOT NULL);
CREATE INDEX wallet_transactions_by_id ON public.wallet_transactions USING btree (transaction_id);
CREATE INDEX wallet_transactions_by_operation ON public.wallet_transactions USING btree (operation_id) WHERE (operation_id IS NOT NULL);
CREATE INDEX wallet_transactions_chain ON public.wallet_transactions USING btree (bucket, customer_id, sequence);
CREATE INDEX wallet_transactions_reversals ON public.wallet_transactions USING btree (reverses_transaction_id) WHERE (reverses_transaction_id IS NOT NULL);

create table webhook_deliveries (
  bucket smallint not null,
  customer_id text not null,
  endpoint_id text not null,
  position bigint not null,
  webhook_id text not null,
  event_type text not null,
  occurred_at timestamp with time zone not null,
  state text not null default 'pending'::text,
  attempt_count integer not null default 0,
  attempts jsonb not null default '[]'::jsonb,
  settled_at timestamp with time zone,
  constraint webhook_deliveries_attempt_count_check CHECK ((attempt_count >= 0)),
  constraint webhook_deliveries_check CHECK (((state = 'pending'::text) = (settled_at IS NULL))),
  constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'given_up'::text]))),
  constraint webhook_deliveries_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(endpoint_id),
  constraint webhook_deliveries_pkey PRIMARY KEY (bucket, customer_id, endpoint_id, "position")
) with (fillfactor=70);
CREATE INDEX webhook_deliveries_log ON public.webhook_deliveries USING btree (endpoint_id, "position");
CREATE INDEX webhook_deliveries_pending ON public.webhook_deliveries USING btree (bucket, customer_id, endpoint_id, "position") WHERE (state = 'pending'::text);

create table webhook_endpoints (
  endpoint_id text not null,
  project_id text not null,
  name text not null,
  url text not null,
  authorization_value text,
  secret text not null,
  previous_secret text,
  previous_secret_ends_at timestamp with time zone,
  event_types text[],
  app_id text,
  environment text,
  state text not null,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  opened_at timestamp with time zone,
  probe_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint webhook_endpoints_check CHECK (((previous_secret IS NULL) = (previous_secret_ends_at IS NULL))),
  constraint webhook_endpoints_check1 CHECK (((opened_at IS NULL) = (probe_at IS NULL))),
  constraint webhook_endpoints_environment_check CHECK ((environment = ANY (ARRAY['production'::text, 'sandbox'::text]))),
  constraint webhook_endpoints_failures_check CHECK ((failures >= 0)),
  constraint webhook_endpoints_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'deleted'::text]))),
  constraint webhook_endpoints_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(project_id),
  constraint webhook_endpoints_pkey PRIMARY KEY (endpoint_id)
) with (fillfactor=70);
CREATE INDEX webhook_endpoints_of_project ON public.webhook_endpoints USING btree (project_id, endpoint_id);

create table webhook_lanes (
  bucket smallint not null,
  customer_id text not null,
  endpoint_id text not null,
  due_at timestamp with time zone,
  leased_until timestamp with time zone,
  lease integer not null default 0,
  constraint webhook_lanes_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(endpoint_id),
  constraint webhook_lanes_pkey PRIMARY KEY (bucket, customer_id, endpoint_id)
) with (fillfactor=70);
CREATE INDEX webhook_lanes_due ON public.webhook_lanes USING btree (endpoint_id, due_at) WHERE (due_at IS NOT NULL);
