export { AdvisoryReadError, type AdvisoryReadCode } from './advisory-read-error.ts';
export { combineAdvisories, memoryAdvisories, packageKeys, type AdvisoryLookup } from './advisory-lookup.ts';
export { type Enrichment, indexEnrichment, readEnrichment } from './enrichment.ts';
export { AdvisoryRefused, parseOsvRecord, type OsvAffected, type OsvRecord } from './osv-record.ts';
export {
  readAdvisories,
  type ReadAdvisoriesOptions,
  type RefusedAdvisory,
} from './read-advisories.ts';
export { starterAdvisories } from './starter-advisories.ts';
export { openAdvisoryFile, type AdvisoryFileLookup } from './file-store/open-advisory-file.ts';
export { openAdvisoryFolder, type OpenAdvisoryFolderOptions } from './file-store/open-advisory-folder.ts';
export { writeAdvisoryFile } from './file-store/write-advisory-file.ts';
export { toOsvValue } from './to-osv-value.ts';
