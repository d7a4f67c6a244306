/** A charge that the balance does not cover is a debt; after a while nothing is elastic until it is paid. */
import { sql } from 'kysely';
import { z } from 'zod';
import { credited, lockWallet, readWallet } from '../../billing/index.ts';
import type { SystemTransaction } from '../../platform/database/index.ts';
import { announce, announceAll, defineEvent, subscriber } from '../../platform/events/index.ts';
import { job, type Job } from '../../platform/jobs/index.ts';
import { clearTimer, setTimers } from '../../platform/timers/index.ts';
import { arrearsTimer, arrearsTimerKey } from './arrears.ts';
import { debtPatience } from './rules.ts';

const centsField = z.string().regex(/^\d+$/);

/** An elastic charge was not covered: time to tell people. */
export const elasticDebt = defineEvent(
  'metering.elastic-debt',
  z.object({ owedCents: centsField, suspendedFrom: z.string() }),
);

/** The debt was not paid in time: nothing is elastic from now on. */
export const elasticSuspended = defineEvent('metering.elastic-suspended', z.object({ owedCents: centsField }));

/** The debt is paid: cores beyond the licence are elastic again. */
export const elasticResumed = defineEvent('metering.elastic-resumed', z.object({ resumedAt: z.string() }));

const timerKey = 'elastic-debt';

/** What a tenant owes after a charge, in cents, above zero. */
export interface ElasticDebt {
  tenant: bigint;
  owed: bigint;
}

/** Notes that charges left something owed. The time to pay begins with the first debt of a tenant. */
export async function noteDebts(
  tx: SystemTransaction,
  debts: readonly ElasticDebt[],
  now: Temporal.Instant,
): Promise<void> {
  if (debts.length === 0) return;
  const tenants = debts.map(({ tenant }) => tenant);
  const { rows: added } = await sql<{ tenant_id: bigint }>`
    insert into elastic_debts (tenant_id, since) select tenant_id, ${now} from unnest(${tenants}::bigint[]) as those(tenant_id)
    on conflict do nothing returning tenant_id`.execute(tx);
  const { rows: kept } = await sql<{ tenant_id: bigint; since: Temporal.Instant }>`
    select tenant_id, since from elastic_debts where tenant_id = any(${tenants}::bigint[])`.execute(tx);
  const since = new Map(kept.map((row) => [row.tenant_id, row.since]));
  const suspendedFrom = (tenant: bigint) => (since.get(tenant) ?? now).add(debtPatience);
  await setTimers(
    tx,
    added.map(({ tenant_id: tenant }) => ({
      tenant,
      key: timerKey,
      dueAt: suspendedFrom(tenant),
      job: suspendElastic,
      data: {},
    })),
  );
  const firstNotices = added.map(({ tenant_id: tenant }) => ({ tenant, timer: arrearsTimer(now, now) }));
  await setTimers(
    tx,
    firstNotices.flatMap(({ tenant, timer }) => (timer ? [{ tenant, ...timer }] : [])),
  );
  await announceAll(
    tx,
    elasticDebt,
    debts.map(({ tenant, owed }) => ({
      tenant,
      payload: { owedCents: String(owed), suspendedFrom: suspendedFrom(tenant).toString() },
    })),
    now,
  );
}

/** The time to pay is over. */
export const suspendElastic: Job<Record<string, never>> = job({
  name: 'metering.suspend-elastic',
  data: z.object({}),
  maxAttempts: 100,
  run({ platform, tenant }) {
    return platform.database.inTenant(tenant, async (tx) => {
      const now = await platform.clock.now(tx);
      await lockWallet(tx, tenant);
      const { owed } = await readWallet(tx, tenant);
      if (owed === 0n) return;
      const { numAffectedRows } = await sql`
        update elastic_debts set suspended_at = since + make_interval(hours => ${debtPatience.hours})
        where tenant_id = ${tenant} and suspended_at is null and since + make_interval(hours => ${debtPatience.hours}) <= ${now}`.execute(
        tx,
      );
      if (numAffectedRows === 1n) await announce({ tx, tenant, now }, elasticSuspended, { owedCents: String(owed) });
    });
  },
});

/** Money has come: a debt that it pays is over. */
export const resumeElastic = subscriber('metering', credited, async ({ tx, tenant, now }) => {
  if ((await readWallet(tx, tenant)).owed > 0n) return;
  const { rows } = await sql<{ suspended: boolean }>`
    delete from elastic_debts where tenant_id = ${tenant} returning suspended_at is not null as suspended`.execute(tx);
  if (rows.length === 0) return;
  await clearTimer(tx, tenant, timerKey);
  await clearTimer(tx, tenant, arrearsTimerKey);
  if (rows[0]?.suspended) await announce({ tx, tenant, now }, elasticResumed, { resumedAt: now.toString() });
});
