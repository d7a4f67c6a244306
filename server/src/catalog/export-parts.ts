/** What this domain gives when everything is exported. */
import { tablePart, type ExportPart } from '../platform/export/index.ts';

export const catalogExport: readonly ExportPart[] = [
  tablePart('catalog', 'promotion-uses', {
    table: 'promotion_uses',
    columns: ['promotion_id', 'order_key', 'counted', 'used_at'],
    orderBy: ['promotion_id', 'order_key'],
  }),
];
