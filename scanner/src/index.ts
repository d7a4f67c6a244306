/** The scanner as a library: image in, inventory and findings out. */
export * from './advisories/index.ts';
export * from './matching/index.ts';
export type * from './model.ts';
export { ScanError } from './model.ts';
