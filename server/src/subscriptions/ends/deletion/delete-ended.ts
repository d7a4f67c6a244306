/** Deletes the data of what has ended, in pieces. Killed in the middle it goes on where it was: each piece is counted where it is done. */
import { currentCatalog, type Product } from '../../../catalog/index.ts';
import type { AppTransaction } from '../../../platform/database/index.ts';
import { announce } from '../../../platform/events/index.ts';
import type { Job } from '../../../platform/jobs/index.ts';
import type { Platform } from '../../../platform/platform.ts';
import { setTimer } from '../../../platform/timers/index.ts';
import { dataDeleted, keptDataDeleted } from '../../events.ts';
import { readSubscriptions } from '../../subscription-store.ts';
import type { DeletionHook, Ended } from './deletion-hook.ts';
import {
  addCounts,
  lockDeletion,
  markBegun,
  markFinished,
  markKeptDeleted,
  openDeletions,
  readDeletion,
  totalDeleted,
  type Deletion,
  type Stage,
} from './deletion-store.ts';
import { waitForWriters } from './while-deleting.ts';

export interface DeletionWork {
  readonly platform: Platform;
  readonly tenant: bigint;
  readonly hooks: readonly DeletionHook[];
  readonly signal: AbortSignal;
  /** About so many rows go in one transaction. */
  readonly limit?: number;
}

const rowsAtOnce = 5_000;

/** What belongs to one product goes before what all stands on, so that each report counts what was its own. */
const order: readonly Ended[] = ['image-scan', 'log-analysis', 'professional', 'trial'] satisfies (Product | 'trial')[];

/** Deletes everything that is to be deleted now. `keptJob` deletes, later, what is kept for some time. */
export async function deleteEndedOf(work: DeletionWork, keptJob: Job<{ deletion: string }>): Promise<void> {
  const { platform, tenant, hooks } = work;
  for (;;) {
    const deletion = await beginNext(work);
    if (!deletion) return;
    const own = hooks.filter(({ of }) => of.includes(deletion.ended));
    await runHooks(work, deletion, 'end', own);
    await platform.database.inTenant(tenant, async (tx) => finish(tx, work, deletion, own, keptJob));
  }
}

/** Deletes what was kept for some time after a destruction. */
export async function deleteKeptOf(work: DeletionWork, id: bigint): Promise<void> {
  const { platform, tenant, hooks } = work;
  const deletion = await platform.database.inTenant(tenant, (tx) => readDeletion(tx, tenant, id));
  if (!deletion || deletion.keptDeletedAt) return;
  await runHooks(
    work,
    deletion,
    'kept',
    hooks.filter(({ of }) => of.includes(deletion.ended)),
  );
  await platform.database.inTenant(tenant, async (tx) => {
    const now = await platform.clock.now(tx);
    if (!(await markKeptDeleted(tx, tenant, id, now))) return;
    await announce({ tx, tenant, now }, keptDataDeleted, await told(tx, tenant, deletion, 'kept'));
  });
}

async function beginNext({ platform, tenant }: DeletionWork): Promise<Deletion | undefined> {
  return platform.database.inTenant(tenant, async (tx) => {
    // Before anything is read: what was allowed until now is there, and seen, afterwards.
    await waitForWriters(tx, tenant);
    const open = await openDeletions(tx, tenant);
    const [next] = open.toSorted((one, other) => order.indexOf(one.ended) - order.indexOf(other.ended));
    if (next) await markBegun(tx, tenant, next.id, await platform.clock.now(tx));
    return next;
  });
}

/** Asks one hook after the other until all of them have deleted nothing. */
async function runHooks(
  work: DeletionWork,
  deletion: Deletion,
  stage: Stage,
  hooks: readonly DeletionHook[],
): Promise<void> {
  for (let deleted = true; deleted; ) {
    deleted = false;
    for (const hook of hooks) while (await runPiece(work, deletion, stage, hook)) deleted = true;
  }
}

/** True when there was something to delete. */
async function runPiece(
  { platform, tenant, signal, limit = rowsAtOnce }: DeletionWork,
  { id, ended, endedAt }: Deletion,
  stage: Stage,
  hook: DeletionHook,
): Promise<boolean> {
  signal.throwIfAborted();
  return platform.database.inTenant(tenant, async (tx) => {
    const { finishedAt, keptDeletedAt } = await lockDeletion(tx, tenant, id);
    if (stage === 'end' ? finishedAt : keptDeletedAt) return false;
    const piece = { tx, tenant, ended, endedAt, limit };
    const counts = stage === 'end' ? await hook.deletePiece(piece) : await hook.deleteKeptPiece?.(piece);
    if (!counts) return false;
    await addCounts(tx, tenant, { id, stage, domain: hook.domain }, counts);
    return Object.values(counts).some((deleted) => deleted > 0);
  });
}

async function finish(
  tx: AppTransaction,
  { platform, tenant }: DeletionWork,
  deletion: Deletion,
  hooks: readonly DeletionHook[],
  keptJob: Job<{ deletion: string }>,
): Promise<void> {
  const keeps = deletion.ended === 'professional' && hooks.some((hook) => hook.deleteKeptPiece !== undefined);
  const keptUntil = keeps ? await endOfKeeping(tx, tenant, deletion) : null;
  const now = await platform.clock.now(tx);
  if (!(await markFinished(tx, tenant, deletion.id, { at: now, keptUntil }))) return;
  if (keptUntil) {
    const key = `subscriptions/kept-data/${deletion.id}`;
    await setTimer(tx, tenant, { key, dueAt: keptUntil, job: keptJob, data: { deletion: String(deletion.id) } });
  }
  await announce({ tx, tenant, now }, dataDeleted, await told(tx, tenant, deletion, 'end'));
}

/** As the catalogue had it when the instance was bought. Source: product rules, 6. */
async function endOfKeeping(tx: AppTransaction, tenant: bigint, deletion: Deletion): Promise<Temporal.Instant> {
  const { instanceId, endedAt } = deletion;
  const subscription = (await readSubscriptions(tx, tenant)).find((other) => other.instanceId === instanceId);
  const { life } = await currentCatalog(tx, subscription?.startedAt ?? endedAt);
  return endedAt.add({ hours: life.alarmHistoryDays * 24 });
}

async function told(tx: AppTransaction, tenant: bigint, { id, ended, instanceId }: Deletion, stage: Stage) {
  return { deletion: String(id), ended, instanceId, deleted: String(await totalDeleted(tx, tenant, id, stage)) };
}
