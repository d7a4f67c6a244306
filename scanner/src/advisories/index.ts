export { AdvisoryReadError, type AdvisoryReadCode } from './advisory-read-error.ts';
export { combineAdvisories, memoryAdvisories, packageKeys, type AdvisoryLookup } from './advisory-lookup.ts';
export { AdvisoryRefused, parseOsvRecord, type OsvAffected, type OsvRecord } from './osv-record.ts';
export { readAdvisories, type ReadAdvisoriesOptions, type RefusedAdvisory } from './read-advisories.ts';
export { starterAdvisories } from './starter-advisories.ts';
