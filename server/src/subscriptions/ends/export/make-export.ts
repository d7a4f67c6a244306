/** Everything that a tenant has, as an archive to fetch: asked for, made by a job, there for some days. Source: product rules, 2. */
import { z } from 'zod';
import { currentCatalog } from '../../../catalog/index.ts';
import type { AppTransaction } from '../../../platform/database/index.ts';
import { ActionError } from '../../../platform/errors.ts';
import { announce } from '../../../platform/events/index.ts';
import type { ExportPart } from '../../../platform/export/index.ts';
import { enqueue, job, type JobContext } from '../../../platform/jobs/index.ts';
import { setTimer } from '../../../platform/timers/index.ts';
import { requireEdition } from '../../entitlements.ts';
import { exportFinished } from '../../events.ts';
import { isWorking } from '../../purchase-state.ts';
import { holdingsAt } from '../../subscription.ts';
import { readSubscriptions } from '../../subscription-store.ts';
import { requireNoDeletion } from '../deletion/while-deleting.ts';
import { dropExports, expiryTimer } from './drop-exports.ts';
import { archiveKey, beginRun, countFailure, insertExport, markDone } from './export-store.ts';
import { writeArchive } from './write-archive.ts';

/** So often may the work fail by an error of ours before the export is given up. */
const mostFailures = 3;

let installed: readonly ExportPart[] = [];

/** Installs the process's one list of what an export has, in the order of its files. */
export function installExportParts(list: readonly ExportPart[]): void {
  if (installed.length > 0 && installed !== list) throw new Error('the parts of exports are already installed');
  installed = list;
}

/**
 * Asks for an export; another one that is there goes when the new one is done. While the console is locked there is none
 * to be had, so it is asked for before the end: throws as {@link requireEdition} does unless bought logs are in force.
 * Throws `FailedOperation.ExportRunning` while one is made.
 */
export async function createExport(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<bigint> {
  const logs = holdingsAt(await readSubscriptions(tx, tenant), now)['log-analysis'];
  if (!logs || !isWorking(logs, now)) await requireEdition(tx, tenant, now);
  await requireNoDeletion(tx, tenant, ['trial', 'professional', 'image-scan', 'log-analysis']);
  const id = await insertExport(tx, tenant, now);
  if (id === undefined) {
    throw new ActionError('FailedOperation.ExportRunning', 'an export is being made; wait until it is done');
  }
  await enqueue(tx, makeExport, { export: String(id) }, { key: String(id) });
  return id;
}

/** Makes the archive of an export. Killed at any point it is made again from the beginning. */
export const makeExport = job({
  name: 'subscriptions.make-export',
  data: z.object({ export: z.string().regex(/^\d+$/) }),
  maxAttempts: 1_000,
  run: (context, { export: id }) => makeArchive(context, BigInt(id), installed),
});

/** An archive is there for some days. */
export const expireExport = job({
  name: 'subscriptions.expire-export',
  data: z.object({ export: z.string().regex(/^\d+$/) }),
  maxAttempts: 1_000,
  async run({ platform, tenant }, { export: id }) {
    await platform.database.inTenant(tenant, (tx) => dropExports(tx, tenant, { only: BigInt(id) }));
  },
});

/** As {@link makeExport}, of parts that are given. */
export async function makeArchive(context: JobContext, id: bigint, parts: readonly ExportPart[]): Promise<void> {
  const { platform, tenant, signal } = context;
  const { database, clock, blobs } = platform;
  const run = await database.inTenant(tenant, (tx) => beginRun(tx, tenant, id));
  if (run === undefined) return;
  const key = archiveKey(tenant, id, run);
  try {
    const made = await database.inTenantSnapshot(tenant, async (tx) => {
      const snapshotAt = await clock.now(tx);
      const archive = writeArchive(tx, parts, { tenant, exportId: id, snapshotAt }, signal);
      return { snapshotAt, files: archive.files, ...(await blobs.put(key, archive.content)) };
    });
    const done = await database.inTenant(tenant, async (tx) => {
      const now = await clock.now(tx);
      const expiresAt = now.add({ hours: (await currentCatalog(tx, now)).life.exportHours });
      if (!(await markDone(tx, tenant, { id, run }, { at: now, expiresAt, ...made }))) return false;
      await dropExports(tx, tenant, { endedExcept: id });
      const data = { export: String(id) };
      await setTimer(tx, tenant, { key: expiryTimer(id), dueAt: expiresAt, job: expireExport, data });
      await announce({ tx, tenant, now }, exportFinished, { ...data, expiresAt: expiresAt.toString() });
      return true;
    });
    // Dropped meanwhile, or begun again by another process.
    if (!done) await blobs.remove(key);
  } catch (error) {
    await blobs.remove(key);
    if (signal.aborted) throw error;
    const over = await database.inTenant(tenant, async (tx) =>
      countFailure(tx, tenant, { id, run }, { most: mostFailures, now: await clock.now(tx) }),
    );
    if (!over) throw error;
    platform.log.error({ err: error, tenant: String(tenant), export: String(id) }, 'an export was given up');
  }
}
