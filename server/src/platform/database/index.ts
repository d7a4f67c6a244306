export { asTenant, openDatabase, type Database } from './database.ts';
export type { AppTransaction, DatabaseUrls, NoTables, SystemTransaction } from './connections.ts';
export { removeHome, startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
export { migrate, MigrationError } from './migrate.ts';
export { packagedPrograms } from './postgres-place.ts';
export { worksWhenRunAgain } from './prepared-statements.ts';
export { textArray } from './text-array.ts';
