/** Archives go with their rows: the row in the transaction, the file by a job that follows it. */
import { z } from 'zod';
import type { AppTransaction } from '../../../platform/database/index.ts';
import { enqueueAll, job } from '../../../platform/jobs/index.ts';
import { clearTimer } from '../../../platform/timers/index.ts';
import { archiveKey, forgetExports } from './export-store.ts';

/** Takes an archive out of the blobs, with what runs that were given up have left. */
export const removeArchive = job({
  name: 'subscriptions.remove-archive',
  data: z.object({ export: z.string().regex(/^\d+$/), runs: z.int().min(0) }),
  maxAttempts: 1_000,
  async run({ platform, tenant }, { export: id, runs }) {
    for (let run = 1; run <= runs; run += 1) await platform.blobs.remove(archiveKey(tenant, BigInt(id), run));
  },
});

/** Drops exports as {@link forgetExports} chooses them; gives how many. */
export async function dropExports(
  tx: AppTransaction,
  tenant: bigint,
  which?: { only?: bigint; endedExcept?: bigint },
): Promise<number> {
  const dropped = await forgetExports(tx, tenant, which);
  if (dropped.length === 0) return 0;
  for (const { id } of dropped) await clearTimer(tx, tenant, expiryTimer(id));
  await enqueueAll(
    tx,
    removeArchive,
    dropped.map(({ id, run }) => ({ data: { export: String(id), runs: run }, key: String(id) })),
  );
  return dropped.length;
}

/** The key of the timer of an archive's end. */
export function expiryTimer(id: bigint): string {
  return `subscriptions/export/${id}`;
}
