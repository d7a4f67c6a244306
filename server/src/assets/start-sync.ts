import type { AppTransaction } from '../platform/database/index.ts';
import { enqueue } from '../platform/jobs/index.ts';
import { syncRegistryJob } from './jobs/sync-registry.ts';
import { beginSync } from './registry-store.ts';

/** Starts a sync of a registry; one that runs is overtaken. */
export async function startSync(tx: AppTransaction, tenant: bigint, registryId: bigint): Promise<void> {
  const run = await beginSync(tx, tenant, registryId);
  const key = `${registryId}`;
  await enqueue(tx, syncRegistryJob, { registryId: key, run }, { key, queue: `assets.sync/${tenant}/${registryId}` });
}
