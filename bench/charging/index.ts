import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../server/src/platform/database/index.ts';
import { median } from '../machine.ts';
import type { Benchmark } from '../main.ts';
import { startOwnService, type OwnService } from '../own-service.ts';
import { fillTenants } from './fill.ts';
import { chargeInPlainSql, type PlainSql } from './plain-sql.ts';

const run = promisify(execFile);
const runOnce = fileURLToPath(new URL('run-once.ts', import.meta.url));

const zone = '+08:00';
const firstDay = Temporal.PlainDate.from('2026-03-01');

/** How many tenants, and how many days of them. */
const sizes: Record<string, { tenants: number; days: number }> = {
  '10k': { tenants: 10_000, days: 3 },
  '100k': { tenants: 100_000, days: 2 },
  '400k': { tenants: 400_000, days: 1 },
};

export const chargingBenchmark: Benchmark = {
  summary:
    'the hourly samples and the run at 02:00, each in a process of its own, beside plain SQL that writes the same rows',
  parts: Object.keys(sizes),
  byNameOnly: ['400k'],
  async run(log, parts) {
    const results: Result[] = [];
    for (const part of parts) {
      const size = sizes[part];
      if (!size) throw new Error(`there is no size ${part}`);
      const service = await startOwnService();
      try {
        results.push(await measureSize(service, size, (line) => log(`${part}: ${line}`)));
      } finally {
        await service.close();
      }
    }
    return { result: results, lines: results.flatMap(tell) };
  },
};

interface Measured {
  /** Of each run. */
  seconds: number[];
  /** Of the service, for all of them, and of PostgreSQL. */
  cpuSeconds: number;
  serverCpuSeconds: number;
  /** The most that the service's process held in each quarter of the time. */
  quarters: number[];
}

interface Result {
  tenants: number;
  settings: Record<string, string>;
  samples: Measured[];
  charges: Measured[];
  plainSql: PlainSql[];
  books: Record<'charges' | 'entries' | 'debts' | 'events' | 'billBytes' | 'sampleBytes' | 'chargeBytes', number>;
}

async function measureSize(
  service: OwnService,
  { tenants, days }: { tenants: number; days: number },
  log: (line: string) => void,
): Promise<Result> {
  const { database, settings } = service;
  log(`making ${tenants} tenants`);
  await fillTenants(database, tenants, firstDay.subtract({ days: 1 }).toZonedDateTime(zone).toInstant());
  const samples: Measured[] = [];
  const charges: Measured[] = [];
  const plainSql: PlainSql[] = [];
  for (let index = 0; index < days; index += 1) {
    const day = firstDay.add({ days: index });
    const start = day.toZonedDateTime(zone).toInstant();
    const hours = Array.from({ length: 24 }, (_, hour) => start.add({ hours: hour }));
    samples.push(await measured(service, 'sample', hours));
    log(`${day.toString()}: sampled, ${seconds(median(samples.at(-1)?.seconds ?? []))} an hour`);
    const charge = await measured(service, 'charge', [start.add({ hours: 26 })]);
    charges.push(charge);
    await requireCharged(database, day, tenants);
    log(`${day.toString()}: charged in ${seconds(charge.seconds[0] ?? 0)}`);
    const plain = await chargeInPlainSql(service, day.toString());
    if (plain.bills !== tenants) throw new Error(`plain SQL wrote ${plain.bills} bills`);
    plainSql.push(plain);
    log(`${day.toString()}: the same rows in plain SQL in ${seconds(plain.seconds)}`);
  }
  return { tenants, settings, samples, charges, plainSql, books: await readBooks(database) };
}

const runFields = z.object({ seconds: z.array(z.number()), cpuSeconds: z.number(), quarters: z.array(z.number()) });

async function measured(
  { urls, serverCpuSeconds }: OwnService,
  batch: 'sample' | 'charge',
  instants: readonly Temporal.Instant[],
): Promise<Measured> {
  const before = await serverCpuSeconds();
  const { stdout } = await run(process.execPath, [runOnce, batch, ...instants.map(String)], {
    env: { ...process.env, BENCH_URLS: JSON.stringify(urls) },
  });
  const after = await serverCpuSeconds();
  return { ...runFields.parse(JSON.parse(stdout)), serverCpuSeconds: after - before };
}

/** Every tenant was charged for the day, and the ledger sums to zero; else the figures are of something else. */
async function requireCharged(database: Database, day: Temporal.PlainDate, tenants: number): Promise<void> {
  const { rows } = await database.inSystem('bench: check', (tx) =>
    sql<{ charged: bigint; open: bigint; sum: bigint }>`
      select (select count(*) from elastic_charges where day = ${day.toString()}::date) as charged,
        (select count(*) from uncharged_days) as open, (select sum(cents)::bigint from ledger_entries) as sum`.execute(
      tx,
    ),
  );
  const [found] = rows;
  if (found?.charged !== BigInt(tenants) || found.open !== 0n || found.sum !== 0n) {
    throw new Error(`${found?.charged} of ${tenants} charged, ${found?.open} open, entries sum to ${found?.sum}`);
  }
}

async function readBooks(database: Database): Promise<Result['books']> {
  const { rows } = await database.inSystem('bench: read', (tx) =>
    sql<Record<keyof Result['books'], bigint>>`
      select (select count(*) from elastic_charges) as charges,
        (select count(*) from ledger_entries join ledger_transactions t using (tenant_id, transaction_id)
          where t.kind = 'charge') as entries,
        (select count(*) from elastic_debts) as debts, (select count(*) from events) as events,
        (select avg(octet_length(document))::bigint from bills) as "billBytes",
        pg_total_relation_size('elastic_samples') as "sampleBytes",
        (select sum(pg_total_relation_size(name))::bigint from unnest(array['bills', 'ledger_transactions',
          'ledger_entries', 'elastic_charges', 'events', 'timers', 'uncharged_days']::regclass[]) as name) as "chargeBytes"`.execute(
      tx,
    ),
  );
  const [row] = rows;
  if (!row) throw new Error('nothing was read');
  return {
    charges: Number(row.charges),
    entries: Number(row.entries),
    debts: Number(row.debts),
    events: Number(row.events),
    billBytes: Number(row.billBytes),
    sampleBytes: Number(row.sampleBytes),
    chargeBytes: Number(row.chargeBytes),
  };
}

function tell({ tenants, settings, samples, charges, plainSql, books }: Result): string[] {
  const sampled = samples.flatMap((day) => day.seconds);
  const charged = charges.flatMap((day) => day.seconds);
  const plain = plainSql.map((day) => day.seconds);
  const ratio = median(charged) / median(plain);
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
  return [
    `${tenants} tenants × 24 samples; PostgreSQL ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    `  a sample run           ${seconds(median(sampled))} (median of ${sampled.length}); of processor ${seconds(median(samples.map((day) => day.serverCpuSeconds / day.seconds.length)))} in PostgreSQL`,
    `  the charge run         ${seconds(median(charged))} (median of ${charged.length}: ${charged.map(seconds).join(', ')}), ${Math.round(tenants / median(charged))} tenants/s; of processor ${seconds(median(charges.map((day) => day.cpuSeconds)))} in the service, ${seconds(median(charges.map((day) => day.serverCpuSeconds)))} in PostgreSQL`,
    `  the same in plain SQL  ${seconds(median(plain))} (median of ${plain.length}); ratio ${ratio.toFixed(2)}; of processor ${seconds(median(plainSql.map((day) => day.serverCpuSeconds)))} in PostgreSQL`,
    `  memory of the service  ${(charges.at(-1)?.quarters ?? []).map(megabytes).join(', ')} at most in each quarter of the last run`,
    `  written                ${books.charges} charges and bills of ${books.billBytes} bytes, ${books.entries} entries, ${books.events} events, ${books.debts} debts`,
    `  kept for a day         ${Math.round(books.sampleBytes / books.charges)} bytes of samples and ${Math.round(books.chargeBytes / books.charges)} of bills and bookings for each tenant, indexes included`,
    '',
  ];
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}
