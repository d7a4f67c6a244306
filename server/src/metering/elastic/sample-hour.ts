/** The hourly batch: the excess of all tenants, in one statement. */
import { sql } from 'kysely';
import type { SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import type { Batch } from '../../platform/timers/index.ts';
import { licensedCoresAt } from '../../subscriptions/index.ts';
import { tellOfExceededCaps, type ExceedingSample } from './cap-exceeded.ts';
import { fullHourAt, nextFullHour } from './rules.ts';

/** An hour is sampled while it lasts: one that has passed is not sampled any more, and counts as 0. */
export const sampleHour: Batch = {
  name: 'metering.sample-hour',
  async nextDue(tx, { doneAt, now }) {
    const { rows } = await sql`select from newest_core_counts where cores > 0 limit 1`.execute(tx);
    if (rows.length === 0) return undefined;
    const current = fullHourAt(now, marketTimeZone);
    return Temporal.Instant.compare(current, doneAt) > 0 ? current : nextFullHour(now, marketTimeZone);
  },
  async run({ database }, { dueAt: hour }) {
    await database.inSystem('sample elastic cores', (tx) => sampleAllAt(tx, hour));
  },
};

/**
 * Writes the samples of an hour, and which days have something to charge, and tells of caps that are exceeded. Agrees with `excessCores`, row for row. In the
 * order of the tenants, because the run at 02:00 reads them in that order: what it reads together lies together.
 */
export async function sampleAllAt(tx: SystemTransaction, hour: Temporal.Instant): Promise<void> {
  const day = hour.toZonedDateTimeISO(marketTimeZone).toPlainDate().toString();
  const { rows: exceeding } = await sql<ExceedingSample>`
    with sampled as (
      insert into elastic_samples
        (tenant_id, hour, day, counted_cores, licensed_cores, cap, suspended, excess, instance_id, source)
      select l.tenant_id, ${hour}, ${day}::date, c.cores, l.licensed, l.cap, d.suspended_at is not null,
        case when d.suspended_at is not null then 0 else least(greatest(c.cores - l.licensed, 0), l.cap) end,
        l.instance_id, c.source
      from ${licensedCoresAt(hour)} l
      cross join lateral (
        select cores, source from counted_cores
        where tenant_id = l.tenant_id and from_at <= ${hour} order by from_at desc limit 1
      ) c
      left join elastic_debts d using (tenant_id)
      where c.cores > 0
      order by l.tenant_id
      on conflict do nothing
      returning tenant_id, day, excess, instance_id, counted_cores, licensed_cores, cap, suspended
    ), uncharged as (
      insert into uncharged_days (tenant_id, day) select tenant_id, day from sampled where excess > 0
      on conflict do nothing
    )
    select tenant_id, instance_id, counted_cores, licensed_cores, cap from sampled s
    where not suspended and counted_cores > licensed_cores + cap
      and not coalesce((
        -- One row by its key, only for those that are beyond: never a join with all samples.
        select not before.suspended and before.counted_cores > before.licensed_cores + before.cap
        from elastic_samples before
        where before.tenant_id = s.tenant_id and before.hour >= ${hour.subtract({ hours: 1 })} and before.hour < ${hour}
        order by before.hour desc limit 1
      ), false)
    order by tenant_id`.execute(tx);
  await tellOfExceededCaps(tx, exceeding, hour);
}
