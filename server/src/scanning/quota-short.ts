/** The quota does not pay for all that was to be scanned: what it pays for is scanned, and people are told. Source: product rules, 4. */
import { z } from 'zod';
import type { AppTransaction } from '../platform/database/index.ts';
import { announce, defineEvent, type Occasion } from '../platform/events/index.ts';
import type { ScanningTables } from './scanning-tables.ts';
import type { TaskImageKey } from './task-store.ts';

/** Of a task some images are not scanned; or of what a sync has brought none is. */
export const quotaShort = defineEvent(
  'scanning.quota-short',
  z.discriminatedUnion('of', [
    z.object({ of: z.literal('task'), task: z.string() }),
    z.object({ of: z.literal('sync'), registryId: z.string() }),
  ]),
);

/** Tells it of a task, once: with the first of its images that was not paid for. The task's row is locked by this transaction. */
export async function tellOfUnpaidImage({ tx, tenant, now }: Occasion, key: TaskImageKey): Promise<void> {
  if (await hasOtherUnpaidImage(tx, tenant, key)) return;
  await announce({ tx, tenant, now }, quotaShort, { of: 'task', task: String(key.task) });
}

async function hasOtherUnpaidImage(tx: AppTransaction, tenant: bigint, key: TaskImageKey): Promise<boolean> {
  const other = await tx
    .withTables<ScanningTables>()
    .selectFrom('scan_task_images')
    .select('image_id')
    .where('tenant_id', '=', tenant)
    .where('task_id', '=', key.task)
    .where('image_id', '<>', key.imageId)
    .where('reason_code', '=', 'quota')
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}
