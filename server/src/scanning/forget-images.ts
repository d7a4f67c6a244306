import type { AppTransaction } from '../platform/database/index.ts';
import { deleteResults } from './result-store.ts';
import { imageGone, stopTask } from './scan-life.ts';
import { recountScanned } from './scanned-images.ts';
import { takeTurn } from './take-turn.ts';
import { runningTasks } from './task-store.ts';

/** Ends the scans of images that no place holds any more, and drops their results. What they have cost stays. */
export async function forgetImages(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  imageIds: readonly string[],
): Promise<void> {
  if (imageIds.length === 0) return;
  await takeTurn(tx, tenant);
  for (const { id } of await runningTasks(tx, tenant)) await stopTask(tx, tenant, now, id, imageIds, imageGone);
  await deleteResults(tx, tenant, imageIds);
  await recountScanned(tx, tenant);
}
