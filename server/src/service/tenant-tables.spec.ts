import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMarket, type Customer, type Market } from '../../../tests/support/commercial-tenant.ts';
import { notScanning, useEverything } from '../../../tests/support/used-tenant.ts';
import { exportParts } from './export-parts.ts';
import { keptTables, notExportedTables } from './tenant-tables.ts';

describe('the tables of tenant data', () => {
  let market: Market;
  let client: pg.Client;
  let tables: { name: string; columns: string[] }[];
  beforeAll(async () => {
    market = await openMarket('2026-03-01T00:00:00Z', notScanning);
    client = new pg.Client(market.urls.owner);
    await client.connect();
    const { rows } = await client.query<{ name: string; columns: string[] }>(`
      select c.relname as name, array_agg(a.attname::text order by a.attnum) filter (where a.attname <> 'tenant_id') as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      group by c.relname having bool_or(a.attname = 'tenant_id') order by 1`);
    tables = rows;
  });
  afterAll(async () => {
    await client.end();
    await market.close();
  });

  /** Which tables have rows of a tenant. */
  const filled = async ({ tenant }: Customer) => {
    const names: string[] = [];
    await market.database.inSystem('test', async (tx) => {
      for (const { name } of tables) {
        const { rows } = await sql`select from ${sql.table(name)} where tenant_id = ${tenant} limit 1`.execute(tx);
        if (rows.length > 0) names.push(name);
      }
    });
    return names;
  };
  const usage = () => tables.map(({ name }) => name).filter((name) => !(name in keptTables));

  it('are emptied at the end of what they stand on, or stay for a reason', async () => {
    const [one, other] = [await market.customer(0), await market.customer(0)];
    for (const customer of [one, other]) {
      await customer.call('OpenTcssTrial');
      await useEverything(market, customer.tenant, 2);
    }
    // So that it does not expire before the trial's data do.
    await market.advance(Temporal.Instant.from('2026-03-03T00:00:00Z'));
    for (const customer of [one, other]) await customer.call('CreateExportJob');
    await other.topUp(1_000);
    await other.buy('professional', { cores: 1 });
    const full = expect.arrayContaining(usage()) as unknown;
    // A table that is new here: let `useEverything` fill it, and either delete it by a hook or say why it stays.
    expect(await filled(one)).toEqual(full);
    await market.advance(Temporal.Instant.from('2026-03-09T00:00:00Z'));
    expect((await filled(one)).filter((name) => !(name in keptTables))).toEqual([]);
    expect(await filled(other), 'another tenant keeps all of it').toEqual(full);
    // Three months later, and six days.
    await market.advance(Temporal.Instant.from('2026-06-09T00:00:00Z'));
    expect((await filled(other)).filter((name) => !(name in keptTables))).toEqual([]);
  });

  it('are told of by tables that there are', () => {
    const names = new Set(tables.map(({ name }) => name));
    const told = [...Object.keys(keptTables), ...Object.keys(notExportedTables), ...exported().keys()];
    expect(told.filter((name) => !names.has(name))).toEqual([]);
  });

  it('are exported, column by column, or left out for a reason', () => {
    const missing = tables.flatMap(({ name, columns }) => {
      const known = exported().get(name);
      if (!known) return name in notExportedTables ? [] : [name];
      return columns.filter((column) => !known.includes(column)).map((column) => `${name}.${column}`);
    });
    expect(missing).toEqual([]);
    const twice = Object.keys(notExportedTables).filter((name) => exported().has(name));
    expect(twice).toEqual([]);
  });

  const exported = () =>
    new Map(
      exportParts.flatMap(({ tables: own }) =>
        own.map(({ table, columns, omitted = {} }) => [table, [...columns, ...Object.keys(omitted)]] as const),
      ),
    );
});
