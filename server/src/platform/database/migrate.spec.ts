import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase, superuserUrl, type EmptyDatabase } from '../../../../tests/support/empty-database.ts';
import { createLogger } from '../log.ts';
import { migrate, MigrationError, openDatabase } from './index.ts';

const log = createLogger('silent');

describe('migrations', () => {
  let database: EmptyDatabase;
  beforeEach(async () => {
    database = await emptyDatabase();
  });
  afterEach(() => database.remove());

  it('are applied once each, in order, by one of two processes that start at once', async () => {
    const results = await Promise.all([migrate(database.urls(), log), migrate(database.urls(), log)]);
    const [applied = [], none] = results.toSorted((a, b) => b.length - a.length);
    expect(none).toEqual([]);
    expect(applied.length).toBeGreaterThan(3);
    expect(applied).toEqual(applied.map((_, index) => index + 1));
    expect(await migrate(database.urls(), log)).toEqual([]);
  });

  it('refuse a file that was changed after it had been applied, and a newer database', async () => {
    await migrate(database.urls(), log);
    await database.query(`update migrations set sha256 = 'other' where number = 2`);
    await expect(migrate(database.urls(), log)).rejects.toThrow(
      'migration 0002-platform.sql was changed after it had been applied',
    );
    await database.query(`insert into migrations values (9999, '9999-future.sql', '', '2030-01-01Z')`);
    await expect(migrate(database.urls(), log)).rejects.toThrow(/the database has migration 9999, .* newer version/);
  });

  it('leave nothing of a file that fails', async () => {
    await database.query('create table clock (unexpected integer)');
    await expect(migrate(database.urls(), log)).rejects.toThrow(
      'migration 0002-platform.sql failed: relation "clock" already exists',
    );
    const { rows } = await database.query('select number from migrations');
    expect(rows).toEqual([{ number: 1 }]);
    await database.query('drop table clock');
    expect((await migrate(database.urls(), log))[0]).toBe(2);
  });

  it.each<[string, (url: EmptyDatabase['url']) => Parameters<EmptyDatabase['urls']>[0], RegExp]>([
    ['a wrong password of the owner', (url) => ({ owner: url('owner', 'no') }), /^DATABASE_URL: .*password/],
    ['no server there', () => ({ owner: 'postgres://a:b@127.0.0.1:1/c' }), /^DATABASE_URL: .*ECONNREFUSED/],
    ['the owner as app', (url) => ({ app: url('system') }), /^DATABASE_URL_APP: the role \w+ may see all tenants/],
    ['a superuser as app', () => ({ app: superuserUrl() }), /^DATABASE_URL_APP: the role postgres may see all tenants/],
  ])('refuse %s with one line', async (_, changes, line) => {
    const attempt = migrate(database.urls(changes((...role) => database.url(...role))), log);
    await expect(attempt).rejects.toThrow(MigrationError);
    await expect(attempt).rejects.toThrow(line);
  });

  it('do not need the right to grant what is granted already', async () => {
    const { name } = database;
    await database.query(`revoke wharfinger_app, wharfinger_system from ${name}_owner`);
    await expect(migrate(database.urls(), log)).rejects.toThrow(
      /^DATABASE_URL: its role cannot .* let \w+_app into it/,
    );
    await database.query(`grant wharfinger_app to ${name}_app`);
    await database.query(`grant wharfinger_system to ${name}_system`);
    expect((await migrate(database.urls(), log))[0]).toBe(1);
  });

  it.each([
    ['app', /^DATABASE_URL_APP: /],
    ['system', /^DATABASE_URL_SYSTEM: /],
  ] as const)('are followed by a look whether the role %s is let in', async (role, line) => {
    await migrate(database.urls(), log);
    const opened = openDatabase(database.urls({ [role]: database.url(role, 'wrong') }), log);
    await expect(opened.ping()).rejects.toThrow(line);
    await opened.close();
  });
});
