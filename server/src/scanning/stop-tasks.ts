/** Stopping scans on demand. Asked for again, or for what has ended, it changes nothing. */
import type { AppTransaction } from '../platform/database/index.ts';
import { ActionError } from '../platform/errors.ts';
import { stopTask } from './scan-life.ts';
import type { TaskKind } from './scanning-tables.ts';
import { takeTurn } from './take-turn.ts';
import { imagesOfPlaces } from './task-places.ts';
import { readTask, runningTasks } from './task-store.ts';

/**
 * Stops one task, or the running ones of a kind; of them only the images of these places, where some are named. Throws
 * `ResourceNotFound` for a task that this tenant does not have.
 */
export async function stopTasks(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  wanted: { task: number | undefined; kind: TaskKind; places: readonly { id: bigint }[] | undefined },
): Promise<void> {
  await takeTurn(tx, tenant);
  const tasks = await tasksToStop();
  const places = wanted.places?.map(({ id }) => id);
  for (const { id } of tasks) {
    const images = places && (await imagesOfPlaces(tx, tenant, id, places));
    await stopTask(tx, tenant, now, id, images);
  }

  async function tasksToStop() {
    if (wanted.task === undefined) return runningTasks(tx, tenant, wanted.kind);
    const task = await readTask(tx, tenant, BigInt(wanted.task));
    if (!task) throw new ActionError('ResourceNotFound', `there is no scan task ${wanted.task}`);
    return [task];
  }
}
