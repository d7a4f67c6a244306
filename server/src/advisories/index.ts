export { databaseAdvisories } from './database-advisories.ts';
export { importStarterSet } from './starter-set.ts';
export { advisoryGeneration } from './store.ts';
export { describeAdvisorySources } from './actions/describe-advisory-sources.ts';
export { importAdvisories } from './actions/import-advisories.ts';
