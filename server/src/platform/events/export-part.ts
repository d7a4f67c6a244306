import { tablePart, type ExportPart } from '../export/index.ts';

/** What happened to the tenant, as it is written when it happens. */
export const eventsExport: ExportPart = tablePart('platform', 'events', {
  table: 'events',
  columns: ['id', 'type', 'happened_at', 'payload'],
  orderBy: ['id'],
});
