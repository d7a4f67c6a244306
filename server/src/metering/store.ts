/** SQL of the quota's tables. Periods are locked before they are changed, always in the order of their reset. */
import { sql, type GeneratedAlways, type Generated } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { QuotaPart, QuotaPeriod } from './quota.ts';

type QuotaTables = {
  quota_periods: {
    tenant_id: bigint;
    id: GeneratedAlways<bigint>;
    source: string;
    starts_at: Temporal.Instant;
    ends_at: Temporal.Instant;
    capacity_tenths: bigint;
    reserved_tenths: Generated<bigint>;
    used_tenths: Generated<bigint>;
  };
  quota_uses: {
    tenant_id: bigint;
    task_id: bigint;
    image_id: string;
    period_id: bigint;
    image_name: string;
    state: 'reserved' | 'used';
    first: boolean;
    cost_tenths: bigint;
    reserved_at: Temporal.Instant;
    used_at: Temporal.Instant | null;
  };
};

/** A period as it is kept: with what gives it and since when it counts. */
export interface StoredPeriod extends QuotaPeriod {
  source: string;
  startsAt: Temporal.Instant;
}

/** A scan, as the quota knows it: one image ID in one task. */
export interface ScanKey {
  task: bigint;
  imageId: string;
}

/** What a scan has cost. */
export interface QuotaUse extends ScanKey {
  imageName: string;
  /** The image had no result before. */
  first: boolean;
  tenths: bigint;
  /** When it had its result. */
  at: Temporal.Instant;
}

/** Makes the period of an entitlement unless another transaction has made it meanwhile. */
export async function insertPeriod(
  tx: AppTransaction,
  tenant: bigint,
  period: Pick<StoredPeriod, 'source' | 'startsAt' | 'endsAt' | 'capacity'>,
): Promise<void> {
  await tx
    .withTables<QuotaTables>()
    .insertInto('quota_periods')
    .values({
      tenant_id: tenant,
      source: period.source,
      starts_at: period.startsAt,
      ends_at: period.endsAt,
      capacity_tenths: period.capacity,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'source', 'starts_at']).doNothing())
    .execute();
}

/** The periods that are in force at `now`, soonest reset first. `lock` keeps others from changing them meanwhile. */
export async function readPeriods(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  { lock }: { lock: boolean },
): Promise<StoredPeriod[]> {
  const rows = await tx
    .withTables<QuotaTables>()
    .selectFrom('quota_periods')
    .selectAll()
    .where('tenant_id', '=', tenant)
    .where('starts_at', '<=', now)
    .where('ends_at', '>', now)
    .orderBy('ends_at')
    .orderBy('id')
    .$if(lock, (query) => query.forUpdate())
    .execute();
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    capacity: row.capacity_tenths,
    reserved: row.reserved_tenths,
    used: row.used_tenths,
  }));
}

/** Keeps the parts that a scan has taken; their periods are locked by this transaction. */
export async function insertReservation(
  tx: AppTransaction,
  tenant: bigint,
  scan: ScanKey & { imageName: string; first: boolean; at: Temporal.Instant },
  parts: readonly QuotaPart[],
): Promise<void> {
  await tx
    .withTables<QuotaTables>()
    .insertInto('quota_uses')
    .values(
      parts.map(({ period, tenths }) => ({
        tenant_id: tenant,
        task_id: scan.task,
        image_id: scan.imageId,
        period_id: period,
        image_name: scan.imageName,
        state: 'reserved' as const,
        first: scan.first,
        cost_tenths: tenths,
        reserved_at: scan.at,
        used_at: null,
      })),
    )
    .execute();
  await changePeriods(
    tx,
    tenant,
    parts.map(({ period, tenths }) => ({ period, reserved: tenths, used: 0n })),
  );
}

/** The parts that a scan holds, in the order in which they were taken; locked. Empty where it holds nothing. */
export async function lockReservation(tx: AppTransaction, tenant: bigint, scan: ScanKey): Promise<QuotaPart[]> {
  const { rows } = await sql<{ period_id: bigint; cost_tenths: bigint }>`
    select u.period_id, u.cost_tenths from quota_uses u
    join quota_periods p on p.tenant_id = u.tenant_id and p.id = u.period_id
    where u.tenant_id = ${tenant} and u.task_id = ${scan.task} and u.image_id = ${scan.imageId} and u.state = 'reserved'
    order by p.ends_at, p.id
    for update of u, p`.execute(tx);
  return rows.map((row) => ({ period: row.period_id, tenths: row.cost_tenths }));
}

/** Turns what a scan holds into what it has used; what is not used is free again. */
export async function settleReservation(
  tx: AppTransaction,
  tenant: bigint,
  scan: ScanKey & { first: boolean; at: Temporal.Instant },
  { used, returned }: { used: readonly QuotaPart[]; returned: readonly QuotaPart[] },
): Promise<void> {
  const ofScan = { tenant_id: tenant, task_id: scan.task, image_id: scan.imageId };
  const quota = tx.withTables<QuotaTables>();
  for (const { period, tenths } of used) {
    await quota
      .updateTable('quota_uses')
      .set({ state: 'used', cost_tenths: tenths, first: scan.first, used_at: scan.at })
      .where((row) => row.and({ ...ofScan, period_id: period, state: 'reserved' }))
      .execute();
  }
  await quota
    .deleteFrom('quota_uses')
    .where((row) => row.and({ ...ofScan, state: 'reserved' }))
    .execute();
  await changePeriods(tx, tenant, [
    ...used.map(({ period, tenths }) => ({ period, reserved: -tenths, used: tenths })),
    ...returned.map(({ period, tenths }) => ({ period, reserved: -tenths, used: 0n })),
  ]);
}

/** Gives back what these images of a task hold; what they have used stays used. */
export async function returnReservations(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  imageIds: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ period_id: bigint; tenths: bigint }>`
    with given_back as (
      delete from quota_uses
      where tenant_id = ${tenant} and task_id = ${task} and image_id = any(${imageIds}) and state = 'reserved'
      returning period_id, cost_tenths
    )
    select period_id, sum(cost_tenths)::bigint as tenths from given_back group by period_id`.execute(tx);
  if (rows.length === 0) return;
  await sql`
    select from quota_periods where tenant_id = ${tenant} and id = any(${rows.map((row) => String(row.period_id))}::bigint[])
    order by ends_at, id for update`.execute(tx);
  await changePeriods(
    tx,
    tenant,
    rows.map((row) => ({ period: row.period_id, reserved: -row.tenths, used: 0n })),
  );
}

/** The uses of these periods, newest first, a page of them, and how many there are. */
export async function listUses(
  tx: AppTransaction,
  tenant: bigint,
  periods: readonly bigint[],
  page: { offset: number; limit: number },
): Promise<{ uses: QuotaUse[]; total: number }> {
  const ofPeriods = tx
    .withTables<QuotaTables>()
    .selectFrom('quota_uses')
    .where('tenant_id', '=', tenant)
    .where('period_id', 'in', [...periods, -1n])
    .where('state', '=', 'used');
  const { total } = await ofPeriods.select((row) => row.fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow();
  const rows = await ofPeriods
    .selectAll()
    .orderBy('used_at', 'desc')
    .orderBy('task_id', 'desc')
    .orderBy('image_id')
    .orderBy('period_id')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
  const uses = rows.map((row) => ({
    task: row.task_id,
    imageId: row.image_id,
    imageName: row.image_name,
    first: row.first,
    tenths: row.cost_tenths,
    at: row.used_at ?? row.reserved_at,
  }));
  return { uses, total: Number(total) };
}

async function changePeriods(
  tx: AppTransaction,
  tenant: bigint,
  changes: readonly { period: bigint; reserved: bigint; used: bigint }[],
): Promise<void> {
  for (const { period, reserved, used } of changes) {
    await tx
      .withTables<QuotaTables>()
      .updateTable('quota_periods')
      .set((row) => ({
        reserved_tenths: row('reserved_tenths', '+', reserved),
        used_tenths: row('used_tenths', '+', used),
      }))
      .where('tenant_id', '=', tenant)
      .where('id', '=', period)
      .execute();
  }
}
