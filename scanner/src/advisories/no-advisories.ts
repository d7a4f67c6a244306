import type { AdvisoryLookup } from './advisory-lookup.ts';

/** For a scan that asks none. */
export const noAdvisories: AdvisoryLookup = {
  find: () => Promise.resolve([]),
  summary: () => Promise.resolve({ records: 0, newest: '' }),
};
