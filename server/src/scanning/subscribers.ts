/** What scanning does when something happens in the domains below. */
import { registryImagesRemoved, registrySynced } from '../assets/index.ts';
import { subscriber, type Occasion } from '../platform/events/index.ts';
import { enqueue } from '../platform/jobs/index.ts';
import { destroyed, isolated, mayScanImages, trialEnded } from '../subscriptions/index.ts';
import { forgetImagesJob } from './jobs/forget-images.ts';
import { scanNewImages } from './jobs/scan-new-images.ts';
import { stopAllTasks } from './scan-life.ts';
import { recountScanned } from './scanned-images.ts';
import { digestOf } from './storable.ts';

/** The trial's gift of scans is over; packs that were bought meanwhile go on. Source: product rules, 2. */
export const stopScansAtTrialEnd = subscriber('scanning', trialEnded, stopUnlessEntitled);

/** Image scan stops at once at its end, and at that of the professional edition. Source: product rules, 4. */
export const stopScansAtIsolation = subscriber('scanning', isolated, stopUnlessEntitled);

/** A refund ends an edition before its time. */
export const stopScansAtDestruction = subscriber('scanning', destroyed, stopUnlessEntitled);

/** Places are gone. Counted now; results are dropped by a job, since a scan may hold them and wait for the catalogue. */
export const forgetRemovedImages = subscriber(
  'scanning',
  registryImagesRemoved,
  async ({ tx, tenant }, { imageIds }) => {
    if (imageIds.length > 0) {
      await enqueue(
        tx,
        forgetImagesJob,
        { imageIds },
        { key: digestOf(...imageIds), queue: `forget-images/${tenant}` },
      );
    }
    await recountScanned(tx, tenant);
  },
);

/** New places may hold images that have a result already. */
export const countSyncedImages = subscriber('scanning', registrySynced, async ({ tx, tenant }, { added, changed }) => {
  if (added + changed > 0) await recountScanned(tx, tenant);
});

/** Registries that ask for it have their new images scanned. */
export const scanSyncedImages = subscriber('scanning', registrySynced, async ({ tx }, sync) => {
  const { registryId, success, needScan, added, syncMode, startedAt } = sync;
  if (!success || !needScan || added === 0) return;
  await enqueue(tx, scanNewImages, { registryId, syncMode, startedAt }, { key: `${registryId}/${startedAt}` });
});

/** Where nothing gives image scans any more, what runs ends at once. */
async function stopUnlessEntitled({ tx, tenant, now }: Occasion): Promise<void> {
  if (!(await mayScanImages(tx, tenant, now))) await stopAllTasks(tx, tenant, now);
}
