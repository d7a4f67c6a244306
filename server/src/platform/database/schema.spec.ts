import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { testPlatform, type TestPlatform } from '../../../../tests/support/test-database.ts';

interface TableFacts {
  name: string;
  comment: string | null;
  has_tenant: boolean;
  forced: boolean;
  enabled: boolean;
  policies: { name: string; roles: string[]; using: string; check: string }[];
  indexes: { name: string; first: string; unique: boolean; primary: boolean }[];
}

/** What is wrong with a table by the rule that a tenant cannot see another. */
function judge(table: TableFacts): string[] {
  const isGlobal = table.comment?.startsWith('global: ') ?? false;
  if (isGlobal) return table.has_tenant ? [`${table.name}: global tables have no tenant_id`] : [];
  if (!table.has_tenant) return [`${table.name}: no tenant_id, and no comment "global: why"`];
  const problems: string[] = [];
  if (!table.enabled || !table.forced) problems.push(`${table.name}: row-level security is not forced`);
  const ownPolicy = table.policies.find((policy) => policy.roles.includes('wharfinger_app'));
  if (!ownPolicy?.using.includes('current_tenant()') || !ownPolicy.check.includes('current_tenant()')) {
    problems.push(`${table.name}: no policy holds wharfinger_app to its tenant`);
  }
  const open = table.policies.filter((policy) => !policy.roles.every((role) => role.startsWith('wharfinger_')));
  for (const policy of open) problems.push(`${table.name}: the policy ${policy.name} is for everybody`);
  if (!table.indexes.some((index) => index.primary)) problems.push(`${table.name}: no primary key`);
  for (const index of table.indexes) {
    const forSystem = index.name.startsWith('system_') && !index.unique;
    if (index.first !== 'tenant_id' && !forSystem)
      problems.push(`${table.name}: ${index.name} does not begin with tenant_id`);
  }
  return problems;
}

async function readTables(client: pg.Client): Promise<TableFacts[]> {
  const { rows } = await client.query<TableFacts>(`
    select c.relname as name, obj_description(c.oid) as comment, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id') as has_tenant,
      coalesce((select json_agg(json_build_object('name', polname,
        'roles', (select array_agg(case when r = 0 then 'public' else r::regrole::text end) from unnest(polroles) r),
        'using', coalesce(pg_get_expr(polqual, polrelid), ''), 'check', coalesce(pg_get_expr(polwithcheck, polrelid), '')))
        from pg_policy where polrelid = c.oid), '[]') as policies,
      coalesce((select json_agg(json_build_object('name', i.indexrelid::regclass::text, 'unique', i.indisunique,
        'primary', i.indisprimary, 'first', pg_get_indexdef(i.indexrelid, 1, false)))
        from pg_index i where i.indrelid = c.oid), '[]') as indexes
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'migrations'
    order by 1`);
  return rows;
}

describe('the schema', () => {
  let platform: TestPlatform;
  let client: pg.Client;
  beforeAll(async () => {
    platform = await testPlatform();
    client = new pg.Client(platform.urls.owner);
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await platform.close();
  });

  it('keeps every tenant to its own rows', async () => {
    const tables = await readTables(client);
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.flatMap(judge)).toEqual([]);
  });

  it.each([
    ['create table bad (id bigint primary key)', 'bad: no tenant_id, and no comment "global: why"'],
    ['create table bad (tenant_id bigint primary key)', 'bad: row-level security is not forced'],
    [
      "create table bad (id bigint, tenant_id bigint, primary key (id, tenant_id)); call protect_tenant_table('bad')",
      'bad: bad_pkey does not begin with tenant_id',
    ],
    [
      "create table bad (tenant_id bigint primary key); call protect_tenant_table('bad'); drop policy tenant on bad",
      'bad: no policy holds wharfinger_app to its tenant',
    ],
    [
      "create table bad (tenant_id bigint primary key); call protect_tenant_table('bad'); create policy all_rows on bad using (true)",
      'bad: the policy all_rows is for everybody',
    ],
  ])('finds what is wrong with: %s', async (statement, problem) => {
    await client.query('begin');
    await client.query(statement);
    const problems = (await readTables(client)).flatMap(judge);
    await client.query('rollback');
    expect(problems).toContain(problem);
  });
});

describe('a tenant transaction', () => {
  let platform: TestPlatform;
  const [one, two] = [111_111_111_111n, 222_222_222_222n];
  beforeAll(async () => {
    platform = await testPlatform();
  });
  afterAll(() => platform.close());

  type Tables = { counters: { tenant_id: bigint; name: string; value: bigint } };

  it('sees and changes its own rows only', async () => {
    const { database } = platform;
    const insert = (tenant: bigint) =>
      database.inTenant(tenant, (tx) =>
        tx
          .withTables<Tables>()
          .insertInto('counters')
          .values({ tenant_id: tenant, name: 'x', value: tenant })
          .execute(),
      );
    await insert(one);
    await insert(two);
    const rows = await database.inTenant(one, (tx) =>
      tx.withTables<Tables>().selectFrom('counters').selectAll().execute(),
    );
    expect(rows).toEqual([{ tenant_id: one, name: 'x', value: one }]);
    const changed = await database.inTenant(one, (tx) =>
      tx
        .withTables<Tables>()
        .updateTable('counters')
        .set({ value: 0n })
        .where('tenant_id', '=', two)
        .executeTakeFirst(),
    );
    expect(changed.numUpdatedRows).toBe(0n);
    const all = await database.inSystem('test', (tx) =>
      tx.withTables<Tables>().selectFrom('counters').selectAll().execute(),
    );
    expect(all).toHaveLength(2);
  });

  it('cannot write for another tenant', async () => {
    const attempt = platform.database.inTenant(one, (tx) =>
      tx.withTables<Tables>().insertInto('counters').values({ tenant_id: two, name: 'y', value: 1n }).execute(),
    );
    await expect(attempt).rejects.toThrow(/row-level security/);
  });

  it('is needed: without a tenant the role sees an error, not rows', async () => {
    const client = new pg.Client(platform.urls.app);
    await client.connect();
    await expect(client.query('select * from counters')).rejects.toThrow(/wharfinger.tenant_id/);
    await expect(client.query('select * from graphile_worker._private_jobs')).rejects.toThrow(/permission denied/);
    await client.end();
  });
});
