/** Asking for a scan: which images, and whether the quota can pay for at least one of them. */
import type { RiskClass } from '@wharfinger/scanner';
import { holdImageScanQuota, promisedTenths, scanCostTenths } from '../metering/index.ts';
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { enqueueAll } from '../platform/jobs/index.ts';
import { requireEdition } from '../subscriptions/index.ts';
import { scanImage, toData } from './jobs/scan-image.ts';
import { imagesWithResult } from './result-store.ts';
import { scanJobOptions, scanPriority } from './scan-queue.ts';
import { takeTurn } from './take-turn.ts';
import { countOpenImages, insertTask, runningTasks, waitingImages, type ChosenImage } from './task-store.ts';
import type { TaskKind } from './scanning-tables.ts';

export interface TaskRequest {
  kind: TaskKind;
  riskClasses: RiskClass[];
  timeoutSeconds: number | undefined;
  /** A place (repository and tag) each; those of one image ID are one image. */
  places: readonly { id: bigint; imageId: string }[];
}

/**
 * Makes a task and the jobs of its images; they start after the transaction. Throws `ResourceNotFound` when there is nothing
 * to scan, `FailedOperation.ErrAlreadyScanning` while a one-click scan runs and another one is wanted, and
 * `FailedOperation.AuthorizedNotEnough` when the quota does not pay for a single image beside what waits already.
 */
export async function createScanTask(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  request: TaskRequest,
): Promise<bigint> {
  await requireEdition(tx, tenant, now);
  await takeTurn(tx, tenant);
  if (request.places.length === 0) {
    throw new ActionError('ResourceNotFound', 'no image to scan: choose others, or sync the registries first');
  }
  if (request.kind === 'one-click' && (await runningTasks(tx, tenant, 'one-click')).length > 0) {
    throw new ActionError(
      'FailedOperation.ErrAlreadyScanning',
      'a one-click scan is running; wait until it ends, or stop it',
    );
  }
  const images = distinctImages(request.places);
  await requireQuota(tx, tenant, now, images);
  const ahead = await countOpenImages(tx, tenant);
  const task = await insertTask(tx, tenant, { ...request, createdAt: now }, images);
  await enqueueAll(
    tx,
    scanImage,
    images.map(({ imageId }, index) => ({
      data: toData({ task, imageId }),
      ...scanJobOptions(tenant, { task, imageId }),
      priority: scanPriority(ahead + index),
    })),
  );
  return task;
}

/** Image IDs in the order of their first place, which is the order in which the quota pays for them. */
export function distinctImages(places: readonly { id: bigint; imageId: string }[]): ChosenImage[] {
  const images = new Map<string, bigint[]>();
  for (const { id, imageId } of places) {
    const known = images.get(imageId);
    if (!known) images.set(imageId, [id]);
    else if (!known.includes(id)) known.push(id);
  }
  return images
    .entries()
    .map(([imageId, ids]) => ({ imageId, places: ids }))
    .toArray();
}

async function requireQuota(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  images: readonly ChosenImage[],
): Promise<void> {
  const quota = await holdImageScanQuota(tx, tenant, now);
  const known = await imagesWithResult(
    tx,
    tenant,
    images.map(({ imageId }) => imageId),
  );
  const cheapest = scanCostTenths({ hasResult: known.size > 0 });
  const promised = promisedTenths(await waitingImages(tx, tenant));
  if (!quota || quota.remaining - BigInt(promised) < BigInt(cheapest)) {
    throw new ActionError(
      'FailedOperation.AuthorizedNotEnough',
      'the image scan quota does not pay for one of these images; buy more scans, or wait until the quota resets',
    );
  }
}
