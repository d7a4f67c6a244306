/** What the figures for Prometheus say of the whole service, whichever process is asked. */
import { countParks } from '../billing/index.ts';
import { countFailedJobs } from '../platform/jobs/index.ts';
import type { Platform } from '../platform/platform.ts';

export interface ServiceFigures {
  readonly parkedAccounts: Awaited<ReturnType<typeof countParks>>;
  readonly failedJobs: Awaited<ReturnType<typeof countFailedJobs>>;
}

/** Undefined, and told in the log, where the database does not answer. */
export async function readServiceFigures({ database, log }: Platform): Promise<ServiceFigures | undefined> {
  try {
    return await database.inSystem('read figures', async (tx) => ({
      parkedAccounts: await countParks(tx),
      failedJobs: await countFailedJobs(tx),
    }));
  } catch (error) {
    log.warn({ err: error }, 'the figures of the service could not be read');
    return undefined;
  }
}
