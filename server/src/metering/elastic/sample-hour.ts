/** The hourly batch: the excess of all tenants, in one statement. */
import { sql } from 'kysely';
import { marketTimeZone } from '../../platform/platform.ts';
import type { Batch } from '../../platform/timers/index.ts';
import { licensedCoresAt } from '../../subscriptions/index.ts';
import { fullHourAt, nextFullHour } from './rules.ts';

/** An hour is sampled while it lasts: one that has passed is not sampled any more, and counts as 0. */
export const sampleHour: Batch = {
  name: 'metering.sample-hour',
  async nextDue(tx, { doneAt, now }) {
    const { rows } = await sql`
      select from (select distinct on (tenant_id) cores from counted_cores order by tenant_id, from_at desc) newest
      where cores > 0 limit 1`.execute(tx);
    if (rows.length === 0) return undefined;
    const current = fullHourAt(now, marketTimeZone);
    return Temporal.Instant.compare(current, doneAt) > 0 ? current : nextFullHour(now, marketTimeZone);
  },
  async run({ database }, { dueAt: hour }) {
    const day = hour.toZonedDateTimeISO(marketTimeZone).toPlainDate().toString();
    await database.inSystem('sample elastic cores', (tx) =>
      sql`
        insert into elastic_samples
          (tenant_id, hour, day, counted_cores, licensed_cores, cap, suspended, excess, instance_id, source)
        select l.tenant_id, ${hour}, ${day}::date, c.cores, l.licensed, l.cap, d.suspended_at is not null,
          case when d.suspended_at is not null then 0 else least(greatest(c.cores - l.licensed, 0), l.cap) end,
          l.instance_id, c.source
        from (
          select distinct on (tenant_id) tenant_id, cores, source from counted_cores
          where from_at <= ${hour} order by tenant_id, from_at desc
        ) c
        join ${licensedCoresAt(hour)} l using (tenant_id)
        left join elastic_debts d using (tenant_id)
        where c.cores > 0
        on conflict do nothing`.execute(tx),
    );
  },
};
