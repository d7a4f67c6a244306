/** What an export of everything has, in the order of its files. */
import { accountsExport } from '../accounts/index.ts';
import { assetsExport } from '../assets/index.ts';
import { billingExport } from '../billing/index.ts';
import { catalogExport } from '../catalog/index.ts';
import { meteringExport } from '../metering/index.ts';
import { eventsExport } from '../platform/events/export-part.ts';
import type { ExportPart } from '../platform/export/index.ts';
import { scanningExport } from '../scanning/index.ts';
import { subscriptionsExport } from '../subscriptions/index.ts';

export const exportParts: readonly ExportPart[] = [
  ...accountsExport,
  ...subscriptionsExport,
  ...catalogExport,
  ...billingExport,
  ...meteringExport,
  ...assetsExport,
  ...scanningExport,
  eventsExport,
];
