/** A database of its own for a spec: a copy of the migrated template, gone afterwards. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { copyDatabase } from './copy-database.ts';
import { platformOver, type TestPlatform } from './platform-over.ts';

export type { TestPlatform } from './platform-over.ts';

/** A platform over a fresh database. With `testClock` business time stands at that instant until it is moved. */
export async function testPlatform(
  options: { testClock?: string; env?: Record<string, string> } = {},
): Promise<TestPlatform> {
  const { host, password, templateName } = inject('cluster');
  const name = `test_${randomBytes(8).toString('hex')}`;
  const superuser = new pg.Client({ host, user: 'postgres', password, database: 'postgres' });
  await superuser.connect();
  await copyDatabase(superuser, name, templateName);
  const platform = await platformOver({ host, password }, name, options);
  return {
    ...platform,
    async close() {
      await platform.close();
      await superuser.query(`drop database ${name} with (force)`);
      await superuser.end();
    },
  };
}
