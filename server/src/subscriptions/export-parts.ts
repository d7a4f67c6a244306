/** What this domain gives when everything is exported. */
import { tablePart, type ExportPart } from '../platform/export/index.ts';

export const subscriptionsExport: readonly ExportPart[] = [
  tablePart('subscriptions', 'trial', {
    table: 'trials',
    columns: ['started_at', 'ends_at', 'ended', 'data_expired', 'warned_at', 'gift'],
    orderBy: ['tenant_id'],
  }),
  tablePart('subscriptions', 'subscriptions', {
    table: 'subscriptions',
    columns: [
      'instance_id',
      'product',
      'product_code',
      'sub_product_code',
      'region_code',
      'zone_code',
      'state',
      'started_at',
      'anchor',
      'ends_at',
      'isolation_hours',
      'destruction_hours',
      'reminder_days',
      'settled_at',
      'renew_flag',
      'renew_flag_chosen',
      'renew_period',
      'renew_period_unit',
      'protection',
    ],
    orderBy: ['started_at', 'instance_id'],
  }),
  tablePart('subscriptions', 'subscription-grants', {
    table: 'subscription_grants',
    columns: ['id', 'instance_id', 'order_id', 'quantity', 'anchor', 'starts_at', 'ends_at', 'replaces', 'refunded_at'],
    orderBy: ['id'],
  }),
  tablePart('subscriptions', 'refund-requests', {
    table: 'refund_requests',
    columns: [
      'order_id',
      'instance_id',
      'quantity',
      'ground',
      'reason',
      'asked_at',
      'newest_grant',
      'decided_at',
      'note',
      'also_answered',
    ],
    orderBy: ['asked_at', 'order_id'],
  }),
  tablePart('subscriptions', 'refund-parts', {
    table: 'refund_parts',
    columns: ['order_id', 'grant_id', 'worth_cents', 'voucher_cents', 'credit_cents', 'cash_cents'],
    orderBy: ['order_id', 'grant_id'],
  }),
  tablePart('subscriptions', 'refund-pack-uses', {
    table: 'pack_uses',
    columns: ['grant_id', 'period_from', 'used_tenths'],
    orderBy: ['grant_id', 'period_from'],
  }),
  tablePart('subscriptions', 'environment-cores', {
    table: 'environment_cores',
    columns: ['observed_at', 'cores'],
    orderBy: ['observed_at'],
  }),
  tablePart('subscriptions', 'deletions', {
    table: 'deletions',
    columns: ['id', 'ended', 'instance_id', 'ended_at', 'begun_at', 'finished_at', 'kept_until', 'kept_deleted_at'],
    orderBy: ['id'],
  }),
  tablePart('subscriptions', 'deletion-counts', {
    table: 'deletion_counts',
    columns: ['deletion_id', 'stage', 'domain', 'kind', 'deleted'],
    orderBy: ['deletion_id', 'stage', 'domain', 'kind'],
  }),
];
