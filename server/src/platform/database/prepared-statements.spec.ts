import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';
import { preparedStatements, worksWhenRunAgain } from './prepared-statements.ts';

describe('statements', () => {
  it('are prepared when they come again, each under one name', () => {
    const statements = preparedStatements();
    expect(statements.nameOf('select $1')).toBeUndefined();
    const name = statements.nameOf('select $1');
    expect(name).toBeTypeOf('string');
    expect(statements.nameOf('select $1')).toBe(name);
    statements.nameOf('select $2');
    expect(statements.nameOf('select $2')).not.toBe(name);
  });

  it('have other names after a migration', () => {
    const statements = preparedStatements();
    const twice = (text: string) => [statements.nameOf(text), statements.nameOf(text)][1];
    const before = twice('select $1');
    statements.renew();
    expect(twice('select $1')).not.toBe(before);
  });

  it('are prepared up to a number, so that ever new ones fill no memory', () => {
    const statements = preparedStatements();
    const names = Array.from({ length: 2_000 }, (_, index) => {
      statements.nameOf(`select $1 + ${index}`);
      return statements.nameOf(`select $1 + ${index}`);
    });
    expect(names.filter((name) => name !== undefined)).toHaveLength(500);
  });
});

describe('a transaction of a tenant', () => {
  let platform: TestPlatform;
  let owner: pg.Client;
  beforeAll(async () => {
    platform = await testPlatform();
    owner = new pg.Client(platform.urls.owner);
    await owner.connect();
    await owner.query(
      'create table things (tenant_id bigint primary key, name text not null); insert into things values (1, $$a$$); call protect_tenant_table($$things$$)',
    );
  });
  afterAll(async () => {
    await owner.end();
    await platform.close();
  });

  const read = () =>
    platform.database.inTenant(1n, (tx) => sql`select * from things where tenant_id = ${1n}`.execute(tx));
  const prepared = () =>
    platform.database.inTenant(1n, async (tx) => {
      const { rows } = await sql<{ statement: string }>`
        select statement from pg_prepared_statements where statement like ${'select * from things%'}`.execute(tx);
      return rows.length;
    });

  it('prepares what it asks again', async () => {
    for (let time = 0; time < 2; time += 1) await read();
    expect(await prepared()).toBe(1);
  });

  it('fails once when a migration changed what a statement gives, says that it can be run again, and then works', async () => {
    await owner.query('alter table things add column size int not null default 7');
    await expect(read()).rejects.toSatisfy(worksWhenRunAgain);
    expect((await read()).rows).toEqual([{ tenant_id: 1n, name: 'a', size: 7 }]);
    for (let time = 0; time < 2; time += 1) await read();
    expect((await read()).rows).toEqual([{ tenant_id: 1n, name: 'a', size: 7 }]);
  });
});
