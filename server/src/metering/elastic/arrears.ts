/** While a debt is not paid people are told of it each day. Source: product rules, 3.2 and 6, "arrears". */
import { sql } from 'kysely';
import { z } from 'zod';
import { lockWallet, readWallet } from '../../billing/index.ts';
import { announce, defineEvent } from '../../platform/events/index.ts';
import { job, type Job } from '../../platform/jobs/index.ts';
import { setTimer, type Timer } from '../../platform/timers/index.ts';
import { dailyNotices } from '../../subscriptions/index.ts';
import { arrearsNoticeTime, debtPatience } from './rules.ts';

/** An elastic charge is still owed: time to tell people. */
export const elasticArrearsNoticeDue = defineEvent(
  'metering.elastic-arrears-notice-due',
  z.object({ owedCents: z.string().regex(/^\d+$/), suspendedFrom: z.string() }),
);

/** The key of the timer of a tenant's next notice. */
export const arrearsTimerKey = 'elastic-arrears';

/** The timer of the first notice after an instant; undefined where there is none any more. */
export function arrearsTimer(since: Temporal.Instant, after: Temporal.Instant): Timer<{ at: string }> | undefined {
  const next = dailyNotices(since, since.add(arrearsNoticeTime)).find((at) => Temporal.Instant.compare(at, after) > 0);
  return next && { key: arrearsTimerKey, dueAt: next, job: tellOfArrears, data: { at: next.toString() } };
}

/** It is 10:00: tells of a debt that still stands. */
export const tellOfArrears: Job<{ at: string }> = job({
  name: 'metering.tell-of-arrears',
  data: z.object({ at: z.string() }),
  maxAttempts: 100,
  run({ platform, tenant }, data) {
    const at = Temporal.Instant.from(data.at);
    return platform.database.inTenant(tenant, async (tx) => {
      await lockWallet(tx, tenant);
      const { owed } = await readWallet(tx, tenant);
      if (owed === 0n) return;
      const { rows } = await sql<{ since: Temporal.Instant }>`
        update elastic_debts set noticed_at = ${at}
        where tenant_id = ${tenant} and (noticed_at is null or noticed_at < ${at}) returning since`.execute(tx);
      if (!rows[0]) return;
      const { since } = rows[0];
      const next = arrearsTimer(since, at);
      if (next) await setTimer(tx, tenant, next);
      await announce({ tx, tenant, now: at }, elasticArrearsNoticeDue, {
        owedCents: String(owed),
        suspendedFrom: since.add(debtPatience).toString(),
      });
    });
  },
});
