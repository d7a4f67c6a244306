import { z } from 'zod';
import { enqueue, job, type Job, type JobContext } from '../../platform/jobs/index.ts';
import { beginScan, endScan, failRun, type BegunScan } from '../scan-life.ts';
import { scanJobOptions } from '../scan-queue.ts';
import { scanPlaces } from '../scan-places.ts';
import type { TaskImageKey } from '../task-store.ts';
import { watchRun } from '../watch-run.ts';

const data = z.object({ task: z.string().regex(/^\d+$/), imageId: z.string() });

type ScanImageData = z.infer<typeof data>;

/**
 * Scans one image of one task. Killed at any point it runs again and ends once: every layer that was read is kept already,
 * and the result, the quota and the end of the image are one transaction.
 */
export const scanImage: Job<ScanImageData> = job({
  name: 'scanning.scan-image',
  data,
  // Each kill of a process counts as an attempt; how often our own errors are tried again is counted in the task.
  maxAttempts: 1_000,
  role: 'scan',
  async run(context, { task, imageId }) {
    const { platform, tenant } = context;
    const key = { task: BigInt(task), imageId };
    const begun = await platform.database.inTenant(tenant, async (tx) =>
      beginScan(tx, tenant, await platform.clock.now(tx), key),
    );
    if (begun) await work(context, key, begun);
  },
});

async function work(context: JobContext, key: TaskImageKey, begun: BegunScan): Promise<void> {
  const { platform, tenant, signal } = context;
  const watch = watchRun(platform, tenant, key, begun.run, { stopping: signal, timeoutSeconds: begun.timeoutSeconds });
  try {
    const outcome = await scanPlaces(platform, tenant, key, begun, watch);
    if (outcome) {
      await platform.database.inTenant(tenant, async (tx) =>
        endScan(tx, tenant, await platform.clock.now(tx), key, begun.run, outcome),
      );
      return;
    }
    if (signal.aborted) await beginAgainLater(context, key);
  } catch (error) {
    if (signal.aborted) return beginAgainLater(context, key);
    const over = await platform.database.inTenant(tenant, async (tx) =>
      failRun(tx, tenant, await platform.clock.now(tx), key, begun.run),
    );
    if (!over) throw error;
    platform.log.error({ err: error, tenant: String(tenant), ...data.parse(toData(key)) }, 'a scan was given up');
  } finally {
    await watch.end();
  }
}

/** The service stops: the next start goes on at once, and not after the pause that follows an error. */
async function beginAgainLater({ platform, tenant }: JobContext, key: TaskImageKey): Promise<void> {
  await platform.database.inTenant(tenant, (tx) =>
    enqueue(tx, scanImage, toData(key), { ...scanJobOptions(tenant, key), priority: 0 }),
  );
}

export function toData(key: TaskImageKey): ScanImageData {
  return { task: String(key.task), imageId: key.imageId };
}
