import type { AdvisoryLookup } from '@wharfinger/scanner';
import type { Database } from '../platform/database/index.ts';
import { findFlaws } from './flaw-store.ts';
import { findRecords, summarize } from './store.ts';

/** The service's advisories, for matching. Each question is a transaction of its own. */
export function databaseAdvisories(database: Database): AdvisoryLookup {
  return {
    find: (keys) => database.inSystem('advisories find', (tx) => findRecords(tx, keys)),
    enrich: (cves) => database.inSystem('advisories enrich', (tx) => findFlaws(tx, cves)),
    summary: () => database.inSystem('advisories summary', summarize),
  };
}
