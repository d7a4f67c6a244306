/** What this domain gives when everything is exported. Amounts of scans are tenths. */
import { tablePart, type ExportPart } from '../platform/export/index.ts';

export const meteringExport: readonly ExportPart[] = [
  tablePart('metering', 'quota-periods', {
    table: 'quota_periods',
    columns: ['id', 'source', 'starts_at', 'ends_at', 'capacity_tenths', 'reserved_tenths', 'used_tenths'],
    orderBy: ['id'],
  }),
  tablePart('metering', 'quota-uses', {
    table: 'quota_uses',
    columns: [
      'task_id',
      'image_id',
      'period_id',
      'image_name',
      'state',
      'first',
      'cost_tenths',
      'reserved_at',
      'used_at',
    ],
    orderBy: ['task_id', 'image_id', 'period_id'],
  }),
  tablePart('metering', 'counted-cores', {
    table: 'counted_cores',
    columns: ['from_at', 'cores', 'source'],
    orderBy: ['from_at'],
  }),
  tablePart('metering', 'elastic-samples', {
    table: 'elastic_samples',
    columns: ['hour', 'day', 'counted_cores', 'licensed_cores', 'cap', 'suspended', 'excess', 'instance_id', 'source'],
    orderBy: ['hour'],
  }),
  tablePart('metering', 'elastic-charges', {
    table: 'elastic_charges',
    columns: ['day', 'hours', 'core_hours', 'cents', 'bill_id', 'charged_at'],
    orderBy: ['day'],
  }),
  tablePart('metering', 'elastic-debt', {
    table: 'elastic_debts',
    columns: ['since', 'suspended_at', 'noticed_at'],
    orderBy: ['tenant_id'],
  }),
];
