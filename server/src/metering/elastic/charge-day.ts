/** The run at 02:00: charges the days before that were not charged, pages of tenants at a time. */
import { sql } from 'kysely';
import { marketTimeZone } from '../../platform/platform.ts';
import type { Batch, BatchPlatform } from '../../platform/timers/index.ts';
import { chargeTenants } from './charge-tenants.ts';
import { daysOfRun, type Days } from './open-days.ts';
import { chargeInstant } from './rules.ts';

/** So many tenants are charged in one transaction, and wait with their orders until it ends. */
const tenantsAtOnce = 500;
/** While the database writes one page, the next is computed. */
const pagesAtOnce = 2;

export const chargeDays: Batch = {
  name: 'metering.charge-days',
  async nextDue(tx, { doneAt }) {
    const doneDay = doneAt.toZonedDateTimeISO(marketTimeZone).toPlainDate();
    const { rows } = await sql<{ day: string | null }>`
      select min(day)::text as day from uncharged_days`.execute(tx);
    const oldest = rows[0]?.day;
    if (!oldest) return undefined;
    // What was tried before is tried again at the next 02:00.
    return [Temporal.PlainDate.from(oldest), doneDay.subtract({ days: 1 }), doneDay]
      .map((day) => chargeInstant(day, marketTimeZone))
      .find((due) => Temporal.Instant.compare(due, doneAt) > 0);
  },
  async run(platform, { dueAt, now }) {
    const days = daysOfRun(dueAt);
    const pages = tenantPages(platform, days);
    await Promise.all(
      Array.from({ length: pagesAtOnce }, async () => {
        for await (const tenants of pages) await chargePage(platform, tenants, days, now);
      }),
    );
  },
};

/** Those who have something to charge, in the order of their numbers. */
async function* tenantPages({ database }: BatchPlatform, { from, before }: Days): AsyncGenerator<bigint[], void> {
  let after = 0n;
  for (;;) {
    const tenants = await database.inSystem('find days to charge', async (tx) => {
      const { rows } = await sql<{ tenant_id: bigint }>`
        select distinct tenant_id from uncharged_days
        where tenant_id > ${after} and day >= ${from.toString()}::date and day < ${before.toString()}::date
        order by tenant_id limit ${tenantsAtOnce}`.execute(tx);
      return rows.map((row) => row.tenant_id);
    });
    const last = tenants.at(-1);
    if (last === undefined) return;
    yield tenants;
    after = last;
  }
}

/**
 * Charges a page in one transaction. Where that fails each half of it is tried by itself, down to the one tenant whose
 * charge cannot be made: that one keeps nothing of it and stops no other.
 */
async function chargePage(
  platform: BatchPlatform,
  tenants: readonly bigint[],
  days: Days,
  now: Temporal.Instant,
): Promise<void> {
  const { database, log } = platform;
  try {
    await database.inSystem('charge elastic days', (tx) => chargeTenants(tx, tenants, days, now));
  } catch (err) {
    if (tenants.length > 1) {
      const middle = Math.ceil(tenants.length / 2);
      await chargePage(platform, tenants.slice(0, middle), days, now);
      await chargePage(platform, tenants.slice(middle), days, now);
      return;
    }
    // Without a database nobody is broken: then the run fails, and is tried again as a whole.
    await database.ping();
    log.error({ err, tenant: String(tenants[0]) }, 'a tenant was not charged; it is tried again at the next run');
  }
}
