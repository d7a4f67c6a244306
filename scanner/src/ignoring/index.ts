/** Findings that are known and accepted: taken out of a report's lists, kept in it with the reason. */
export { applyIgnores, hasExpired, type IgnoreOptions } from './apply-ignores.ts';
export { type IgnoreEntry, IgnoreFileError, mostIgnoreFileBytes, parseIgnoreFile } from './ignore-file.ts';
