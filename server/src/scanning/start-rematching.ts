/** The look-out for new advisories: what was matched against older ones is matched again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { advisoryGeneration } from '../advisories/index.ts';
import { enqueue } from '../platform/jobs/index.ts';
import type { Platform } from '../platform/platform.ts';
import { rematch } from './jobs/rematch.ts';

const intervalMs = 2_000;
const tenantsAtOnce = 1_000;

/** Starts the look-out; the returned function ends it. Several processes may look out: a match is asked for once. */
export function startRematching(platform: Platform): () => Promise<void> {
  const stopping = new AbortController();
  const ended = (async () => {
    let seen: bigint | undefined;
    while (!stopping.signal.aborted) {
      try {
        const now = await platform.database.inSystem('read the advisory generation', (tx) => advisoryGeneration(tx));
        // An import changes it many times: what it brings is matched once it has come to rest.
        if (now === seen) await enqueueRematches(platform);
        seen = now;
      } catch (error) {
        platform.log.error({ err: error }, 'looking for new advisories failed; it is tried again');
      }
      await sleep(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return () => {
    stopping.abort();
    return ended;
  };
}

/** Asks for a match of the tenants that have results older than the advisories. Gives how many of them it asked for. */
export async function enqueueRematches({ database }: Pick<Platform, 'database'>): Promise<number> {
  const tenants = await database.inSystem('look for new advisories', async (tx) => {
    const generation = await advisoryGeneration(tx);
    const { rows } = await sql<{ tenant_id: bigint }>`
      select distinct tenant_id from image_results
      where advisory_generation < ${generation} and vulnerabilities_at is not null limit ${tenantsAtOnce}`.execute(tx);
    return rows.map((row) => row.tenant_id);
  });
  for (const tenant of tenants) {
    // One after the other for each tenant: asked for again while it runs, the next one finds nothing left to do.
    await database.inTenant(tenant, (tx) =>
      enqueue(tx, rematch, {}, { key: 'all', queue: `rematch/${tenant}`, priority: 100 }),
    );
  }
  return tenants.length;
}
