/** SQL of the tables of subscriptions. */
import type { Generated } from 'kysely';
import { z } from 'zod';
import type { AppTransaction, SystemTransaction } from '../platform/database/index.ts';
import type { Trial } from './trial.ts';

type SubscriptionTables = {
  trials: {
    tenant_id: bigint;
    started_at: Temporal.Instant;
    ends_at: Temporal.Instant;
    ended: boolean;
    data_expired: boolean;
    warned_at: Generated<Temporal.Instant | null>;
    gift: unknown;
  };
};

const giftColumn = z.object({ cores: z.literal('all'), imageScans: z.int().min(0), logGigabytes: z.int().min(0) });

/** Keeps a trial unless this tenant has had one; false then. Of requests at the same time one is kept. */
export async function insertTrial(tx: AppTransaction, tenant: bigint, trial: Trial): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .withTables<SubscriptionTables>()
    .insertInto('trials')
    .values({
      tenant_id: tenant,
      started_at: trial.startedAt,
      ends_at: trial.endsAt,
      ended: false,
      data_expired: false,
      gift: JSON.stringify(trial.gift),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function readTrial(tx: AppTransaction | SystemTransaction, tenant: bigint): Promise<Trial | undefined> {
  const row = await tx
    .withTables<SubscriptionTables>()
    .selectFrom('trials')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .executeTakeFirst();
  return row && { startedAt: row.started_at, endsAt: row.ends_at, gift: giftColumn.parse(row.gift) };
}

/** Notes that the trial's end was handled; false when it had been before. */
export function markTrialEnded(tx: AppTransaction, tenant: bigint): Promise<boolean> {
  return mark(tx, tenant, 'ended');
}

/** Notes that the deletion of the trial's data was told; false when it had been before. */
export function markTrialDataExpired(tx: AppTransaction, tenant: bigint): Promise<boolean> {
  return mark(tx, tenant, 'data_expired');
}

/** Notes that the warning of this instant was told; false when it had been before. */
export async function markTrialWarned(tx: AppTransaction, tenant: bigint, at: Temporal.Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<SubscriptionTables>()
    .updateTable('trials')
    .set({ warned_at: at })
    .where('tenant_id', '=', tenant)
    .where((where) => where.or([where('warned_at', 'is', null), where('warned_at', '<', at)]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function mark(tx: AppTransaction, tenant: bigint, column: 'ended' | 'data_expired'): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .withTables<SubscriptionTables>()
    .updateTable('trials')
    .set({ [column]: true })
    .where('tenant_id', '=', tenant)
    .where(column, '=', false)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
