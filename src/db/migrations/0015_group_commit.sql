-- The check of each posting looked for its transaction through whichever index of the customer the planner liked, which
-- on a table that was not analysed yet is all the transactions of that customer. Both rows are written by one statement
-- group in one transaction, and `purser ledger verify` finds a posting without its transaction.
alter table wallet_postings drop constraint wallet_postings_bucket_customer_id_transaction_id_fkey;
