export { matchInventory } from './match-inventory.ts';
export { advisoryKeys, advisoryNameOf, isVersionReadable } from './subjects.ts';
export { advisoryKey, ecosystems, findEcosystem, keyText, type AdvisoryKey, type Ecosystem } from './ecosystems.ts';
export { indexRecords, matchRecords, supersedes, type Candidate, type Candidates } from './match-records.ts';
export { compareVersions, type Comparator } from './comparators/comparator.ts';
