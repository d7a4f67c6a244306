import { createHash } from 'node:crypto';
import { starterAdvisories } from '@wharfinger/scanner';
import type { Platform } from '../platform/platform.ts';
import { finishStarterVersion, keepRecords, lockStarterVersion, starterSource } from './store.ts';

/** Brings the starter set of this version into the store, once; true when it was not there yet. */
export function importStarterSet({ database, clock }: Pick<Platform, 'database' | 'clock'>): Promise<boolean> {
  const records = starterAdvisories();
  const version = createHash('sha256').update(JSON.stringify(records)).digest('hex');
  return database.inSystem('advisories starter set', async (tx) => {
    if ((await lockStarterVersion(tx)) === version) return false;
    await keepRecords(tx, records, starterSource, await clock.now(tx));
    await finishStarterVersion(
      tx,
      version,
      records.map(({ id }) => id),
    );
    return true;
  });
}
