import { z } from 'zod';
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { announce } from '../../platform/events/index.ts';
import { job } from '../../platform/jobs/index.ts';
import type { Platform } from '../../platform/platform.ts';
import { registrySynced } from '../events.ts';
import { openRegistryOf } from '../open-registry.ts';
import type { Registry } from '../registry.ts';
import { endSync, readRegistry, type SyncEnd } from '../registry-store.ts';
import { emptyOutcome, SyncOvertaken, syncRegistry, type SyncOutcome } from '../sync-registry.ts';

/** Reads the catalogue of one registry. A run that was overtaken, or whose registry is gone, does nothing more. */
export const syncRegistryJob = job({
  name: 'assets.sync-registry',
  data: z.object({ registryId: z.string(), run: z.int() }),
  maxAttempts: 25,
  async run({ platform, tenant, signal }, { registryId: id, run }) {
    const registryId = BigInt(id);
    const inRun = <T>(work: (tx: AppTransaction, registry: Registry) => Promise<T>) =>
      platform.database.inTenant(tenant, async (tx) => {
        const registry = await readRegistry(tx, tenant, registryId, { lock: true }).catch(overtakenWhenGone);
        if (registry.sync.run !== run || registry.sync.state !== 'doing') throw new SyncOvertaken();
        return work(tx, registry);
      });
    try {
      const { startedAt, mode } = await inRun(async (tx, registry) => ({
        startedAt: await platform.clock.now(tx),
        mode: registry.syncMode,
      }));
      const outcome = await readAll(platform, tenant, { registryId, mode, inRun, signal });
      // The service stops: the job runs again, and the registry is still being synced.
      signal.throwIfAborted();
      await inRun(async (tx, { needScan, syncMode }) => {
        const now = await platform.clock.now(tx);
        await endSync(tx, tenant, registryId, toSyncEnd(outcome), now);
        const { added, changed, removed, failure } = outcome;
        await announce({ tx, tenant, now }, registrySynced, {
          registryId: id,
          success: !failure,
          needScan,
          syncMode,
          startedAt: startedAt.toString(),
          added,
          changed,
          removed,
        });
      });
    } catch (error) {
      if (!(error instanceof SyncOvertaken)) throw error;
    }
  },
});

type ReadOptions = Parameters<typeof syncRegistry>[3] & { signal: AbortSignal };

async function readAll(platform: Platform, tenant: bigint, options: ReadOptions): Promise<SyncOutcome> {
  const client = await openRegistryOf(platform, tenant, options.registryId, options.signal).catch(overtakenWhenGone);
  try {
    return await syncRegistry(platform, tenant, client, options);
  } catch (error) {
    if (error instanceof SyncOvertaken || options.signal.aborted) throw error;
    // A fault of ours must not leave the registry "doing" for ever; what was read is kept.
    platform.log.error({ err: error, registry: String(options.registryId) }, 'a sync failed by a fault of the service');
    return {
      ...emptyOutcome(),
      failure: { code: 'internal-error', reason: 'this service failed to read the registry' },
    };
  } finally {
    await client.close();
  }
}

function overtakenWhenGone(error: unknown): never {
  if (error instanceof ActionError && error.code.startsWith('ResourceNotFound')) throw new SyncOvertaken();
  throw error;
}

/** What is kept of a sync, in words for people. */
function toSyncEnd({ failure, health, images, notImages, problemCount, problems }: SyncOutcome): SyncEnd {
  const parts = [`${images} images`];
  if (notImages > 0) parts.push(`${notImages} tags that are no images were left out`);
  if (problemCount > 0) {
    const more = problemCount > problems.length ? `, and ${problemCount - problems.length} more` : '';
    parts.push(`${problemCount} problems: ${problems.join('; ')}${more}`);
  }
  return { failure, health, message: parts.join('; ') };
}
