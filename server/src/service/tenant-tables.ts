/**
 * Tables of tenant data that no deletion empties, and those that no export has, each with the reason: held against the
 * database's own catalogue by `tenant-tables.spec.ts`, so that the table of a new domain cannot be forgotten.
 */

const money = 'money: what was ordered, booked and billed stays provable';
const history = 'the history of what was bought and of its ends';

/** What stays when everything that a tenant used has been deleted. */
export const keptTables: Readonly<Record<string, string>> = {
  accounts: 'the account goes on',
  access_keys: 'the account goes on',
  data_keys: "the account's secrets are sealed with them",
  wallets: money,
  deals: money,
  ledger_transactions: money,
  ledger_entries: money,
  ledger_balances: money,
  vouchers: money,
  bills: money,
  top_ups: money,
  month_close_accounts: money,
  promotion_uses: money,
  elastic_samples: 'what charges were made from, and those of the last days are still to be made from',
  elastic_charges: money,
  elastic_debts: money,
  uncharged_days: 'days that are still to be charged',
  billing_parks: "the operator's: what is held back until it is looked into",
  trials: history,
  subscriptions: history,
  subscription_grants: history,
  planned_deliveries: 'what orders deliver, also those that are paid later',
  price_quotes: 'prices that bind for some minutes',
  refund_requests: history,
  refund_parts: money,
  pack_uses: 'what refunds were computed from',
  deletions: 'the reports of the deletions themselves',
  deletion_counts: 'the reports of the deletions themselves',
  timers: 'deadlines to come, such as the end of what is kept for some time',
  events: 'what happened, with ids only: notices and questions stand on it',
};

/** What an export of everything leaves out. */
export const notExportedTables: Readonly<Record<string, string>> = {
  data_keys: 'keys',
  month_close_accounts: 'a digest of bills and bookings, which are there themselves',
  billing_parks: "the operator's, not the account's",
  planned_deliveries: 'what becomes of it is in the subscriptions',
  price_quotes: 'prices that bind for some minutes',
  uncharged_days: 'found again from the samples',
  newest_core_counts: 'the last of the counted cores',
  timers: 'found again from what they are set for',
  counters: 'totals of what is there itself',
  layer_indexes: 'a store of what the layers hold: the inventories of the results have it',
  exports: 'the exports themselves',
};
