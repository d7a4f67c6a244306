/** The run at 02:00: charges the days before that were not charged, each tenant by itself. */
import { sql } from 'kysely';
import { chargeUsage } from '../../billing/index.ts';
import { currentCatalog, elasticPriceLine } from '../../catalog/index.ts';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import type { Batch } from '../../platform/timers/index.ts';
import { readSubscriptions } from '../../subscriptions/index.ts';
import { noteDebt } from './debt.ts';
import { chargeInstant, sampledHours } from './rules.ts';

/** So many tenants are charged in one transaction. */
const tenantsAtOnce = 200;
/** Days that were missed are made up for; a tenant whose charge fails is tried again with the next days so long. */
const daysBack = 31;

export const chargeDays: Batch = {
  name: 'metering.charge-days',
  async nextDue(tx, { doneAt }) {
    // A run charges what lies before its own day.
    const from = doneAt.toZonedDateTimeISO(marketTimeZone).toPlainDate().subtract({ days: 1 });
    const { rows } = await sql<{ day: string }>`
      select distinct day::text from elastic_samples where excess > 0 and day >= ${from.toString()}::date
      order by day limit 3`.execute(tx);
    return rows
      .map(({ day }) => chargeInstant(Temporal.PlainDate.from(day), marketTimeZone))
      .find((due) => Temporal.Instant.compare(due, doneAt) > 0);
  },
  async run({ database, log }, { dueAt, now }) {
    const today = dueAt.toZonedDateTimeISO(marketTimeZone).toPlainDate();
    let after = 0n;
    for (;;) {
      const tenants = await database.inSystem('find days to charge', (tx) => unchargedTenants(tx, today, after));
      const failed = await database.inTenants(tenants, (tx, tenant) => chargeTenant(tx, tenant, today, now));
      for (const [tenant, err] of failed) {
        log.error({ err, tenant: String(tenant) }, 'a tenant was not charged; it is tried again with the next day');
      }
      const last = tenants.at(-1);
      if (last === undefined) return;
      after = last;
    }
  },
};

/** One page of the tenants that have an excess and no charge, in the order of their numbers. */
async function unchargedTenants(tx: SystemTransaction, today: Temporal.PlainDate, after: bigint): Promise<bigint[]> {
  const { rows } = await sql<{ tenant_id: bigint }>`
    select distinct s.tenant_id from elastic_samples s
    where s.excess > 0 and s.tenant_id > ${after}
      and s.day < ${today.toString()}::date and s.day >= ${today.toString()}::date - ${daysBack}::int
      and not exists (select from elastic_charges c where c.tenant_id = s.tenant_id and c.day = s.day)
    order by s.tenant_id limit ${tenantsAtOnce}`.execute(tx);
  return rows.map((row) => row.tenant_id);
}

async function chargeTenant(
  tx: AppTransaction,
  tenant: bigint,
  today: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<void> {
  const { rows } = await sql<{ day: string }>`
    select distinct s.day::text from elastic_samples s
    where s.tenant_id = ${tenant} and s.excess > 0
      and s.day < ${today.toString()}::date and s.day >= ${today.toString()}::date - ${daysBack}::int
      and not exists (select from elastic_charges c where c.tenant_id = s.tenant_id and c.day = s.day)
    order by day`.execute(tx);
  for (const { day } of rows) await chargeDay(tx, tenant, Temporal.PlainDate.from(day), now);
}

interface SampleRow {
  hour: Temporal.Instant;
  counted_cores: bigint;
  licensed_cores: bigint;
  cap: bigint;
  excess: bigint;
  instance_id: string;
  source: unknown;
}

async function chargeDay(
  tx: AppTransaction,
  tenant: bigint,
  date: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<void> {
  const { rows: samples } = await sql<SampleRow>`
    select hour, counted_cores, licensed_cores, cap, excess, instance_id, source from elastic_samples
    where tenant_id = ${tenant} and day = ${date.toString()}::date order by hour`.execute(tx);
  const hours = sampledHours(date, marketTimeZone);
  const [from, until] = [date, date.add({ days: 1 })].map((day) => day.toZonedDateTime(marketTimeZone).toInstant());
  const instanceId = samples.at(-1)?.instance_id;
  if (!from || !until || !instanceId) throw new Error(`nothing was sampled on ${date.toString()}`);
  const coreHours = samples.reduce((sum, { excess }) => sum + excess, 0n);
  // The price was known before the day began.
  const catalog = await currentCatalog(tx, from);
  const line = elasticPriceLine(catalog, { date, hours: BigInt(hours.length), coreHours });
  const place = (await readSubscriptions(tx, tenant)).find((each) => each.instanceId === instanceId);
  const charge = {
    idempotencyKey: `elastic-charge/${tenant}/${date.toString()}`,
    reference: `${date.toString().replaceAll('-', '')}${tenant}`,
    instanceId,
    regionCode: place?.regionCode ?? '',
    zoneCode: place?.zoneCode ?? '',
    from,
    until,
    samples: samples.map(toUsageSample),
  };
  const { billId, owed } = await chargeUsage(tx, tenant, line, charge, now);
  await sql`
    insert into elastic_charges (tenant_id, day, hours, core_hours, cents, bill_id, charged_at)
    values (${tenant}, ${date.toString()}::date, ${hours.length}, ${coreHours}, ${line.cents}, ${billId}, ${now})`.execute(
    tx,
  );
  if (owed > 0n) await noteDebt({ tx, tenant, now }, owed);
}

function toUsageSample(row: SampleRow) {
  return {
    at: row.hour.toString(),
    quantity: String(row.excess),
    facts: {
      counted: String(row.counted_cores),
      licensed: String(row.licensed_cores),
      cap: String(row.cap),
      source: JSON.stringify(row.source),
    },
  };
}
