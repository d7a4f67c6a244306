import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database, DatabaseUrls } from '../../server/src/platform/database/index.ts';
import { median } from '../machine.ts';
import type { Benchmark } from '../main.ts';
import { startOwnService, type OwnService } from '../own-service.ts';
import { fillTenants } from './fill.ts';
import { chargeInPlainSql } from './plain-sql.ts';

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

interface Once {
  seconds: number;
  cpuSeconds: number;
  /** The most that the process held in each quarter of the run. */
  quarters: number[];
}

interface Charged extends Once {
  serverCpuSeconds?: number;
}

interface Result {
  tenants: number;
  settings: Record<string, string>;
  samples: Once[];
  charges: Charged[];
  plainSql: { seconds: number; serverCpuSeconds?: number }[];
  books: { charges: number; entries: number; debts: number; events: number; billBytes: number };
}

async function measureSize(
  { database, urls, superuser, settings, serverCpuSeconds }: OwnService,
  { tenants, days }: { tenants: number; days: number },
  log: (line: string) => void,
): Promise<Result> {
  log(`making ${tenants} tenants`);
  await fillTenants(database, tenants, firstDay.subtract({ days: 1 }).toZonedDateTime(zone).toInstant());
  const samples: Once[] = [];
  const charges: Charged[] = [];
  const plainSql: Result['plainSql'] = [];
  for (let index = 0; index < days; index += 1) {
    const day = firstDay.add({ days: index });
    const start = day.toZonedDateTime(zone).toInstant();
    for (let hour = 0; hour < 24; hour += 1) samples.push(await once(urls, 'sample', start.add({ hours: hour })));
    log(`${day.toString()}: sampled, median ${seconds(median(samples.map((one) => one.seconds)))}`);
    const before = await serverCpuSeconds();
    const charge = await once(urls, 'charge', start.add({ hours: 26 }));
    const after = await serverCpuSeconds();
    charges.push({ ...charge, ...(before && after ? { serverCpuSeconds: after - before } : {}) });
    await requireCharged(database, day, tenants);
    log(`${day.toString()}: charged in ${seconds(charge.seconds)}`);
    const plain = await chargeInPlainSql(superuser, day.toString());
    if (plain.bills !== tenants) throw new Error(`plain SQL wrote ${plain.bills} bills`);
    const end = await serverCpuSeconds();
    plainSql.push({ seconds: plain.seconds, ...(after && end ? { serverCpuSeconds: end - after } : {}) });
    log(`${day.toString()}: the same rows in plain SQL in ${seconds(plain.seconds)}`);
  }
  return { tenants, settings, samples, charges, plainSql, books: await readBooks(database) };
}

const onceFields = z.object({ seconds: z.number(), cpuSeconds: z.number(), quarters: z.array(z.number()) });

async function once(urls: DatabaseUrls, batch: 'sample' | 'charge', dueAt: Temporal.Instant): Promise<Once> {
  const { stdout } = await run(process.execPath, [runOnce, batch, dueAt.toString()], {
    env: { ...process.env, BENCH_URLS: JSON.stringify(urls) },
  });
  return onceFields.parse(JSON.parse(stdout));
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
    sql<{ charges: bigint; entries: bigint; debts: bigint; events: bigint; bill_bytes: bigint }>`
      select (select count(*) from elastic_charges) as charges,
        (select count(*) from ledger_entries e join ledger_transactions t using (tenant_id, transaction_id) where t.kind = 'charge') as entries,
        (select count(*) from elastic_debts) as debts, (select count(*) from events) as events,
        (select avg(octet_length(document))::bigint from bills) as bill_bytes`.execute(tx),
  );
  const [row] = rows;
  return {
    charges: Number(row?.charges),
    entries: Number(row?.entries),
    debts: Number(row?.debts),
    events: Number(row?.events),
    billBytes: Number(row?.bill_bytes),
  };
}

function tell({ tenants, settings, samples, charges, plainSql, books }: Result): string[] {
  const charged = median(charges.map((one) => one.seconds));
  const plain = median(plainSql.map((one) => one.seconds));
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
  const quarters = charges.at(-1)?.quarters ?? [];
  return [
    `${tenants} tenants × 24 samples; PostgreSQL ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    `  a sample run           ${seconds(median(samples.map((one) => one.seconds)))} (median of ${samples.length})`,
    `  the charge run         ${seconds(charged)} (median of ${charges.length}: ${charges.map((one) => seconds(one.seconds)).join(', ')}), ${Math.round(tenants / charged)} tenants/s`,
    `  of processor           ${seconds(median(charges.map((one) => one.cpuSeconds)))} in the service, ${cpu(charges)} in PostgreSQL`,
    `  the same in plain SQL  ${seconds(plain)} (median of ${plainSql.length}); ratio ${(charged / plain).toFixed(2)}; of processor ${cpu(plainSql)} in PostgreSQL`,
    `  memory of the service  ${quarters.map(megabytes).join(', ')} at most in each quarter of the last run`,
    `  written                ${books.charges} charges and bills of ${books.billBytes} bytes, ${books.entries} entries, ${books.events} events, ${books.debts} debts`,
    '',
  ];
}

function cpu(runs: readonly { serverCpuSeconds?: number }[]): string {
  const known = runs.flatMap(({ serverCpuSeconds }) => serverCpuSeconds ?? []);
  return known.length > 0 ? seconds(median(known)) : 'unknown';
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}
