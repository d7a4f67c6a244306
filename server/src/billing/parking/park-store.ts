/** SQL of the parks. The wallet's lock is theirs as well: no charge passes by a park that is being set. */
import { sql } from 'kysely';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';

/** `guard`: a bound was reached. */
export type ParkedBy = 'operator' | 'guard';

export interface Park {
  readonly tenant: bigint;
  readonly parkedAt: Temporal.Instant;
  readonly by: ParkedBy;
  readonly reason: string;
}

/** How it stands with a tenant's charges. */
export interface Parking {
  /** Nothing is charged now. */
  readonly parked: boolean;
  /** The last time that a person let charges go on: what fell due until then was looked at. */
  readonly clearedUntil: Temporal.Instant | undefined;
}

/** The parking of each of these tenants. */
export async function readParkings(
  tx: AppTransaction | SystemTransaction,
  tenants: readonly bigint[],
): Promise<(tenant: bigint) => Parking> {
  const { rows } = await sql<{ tenant_id: bigint; parked: boolean; cleared_until: Temporal.Instant | null }>`
    select tenant_id, bool_or(unparked_at is null) as parked, max(unparked_at) as cleared_until
    from billing_parks where tenant_id = any(${tenants}::bigint[]) group by tenant_id`.execute(tx);
  const parkings = new Map(
    rows.map((row) => [row.tenant_id, { parked: row.parked, clearedUntil: row.cleared_until ?? undefined }]),
  );
  return (tenant) => parkings.get(tenant) ?? { parked: false, clearedUntil: undefined };
}

/** Parks accounts that are not parked, and gives those. */
export async function insertParks(
  tx: AppTransaction | SystemTransaction,
  parks: readonly Park[],
): Promise<ReadonlySet<bigint>> {
  const { rows } = await sql<{ tenant_id: bigint }>`
    insert into billing_parks (tenant_id, parked_at, parked_by, reason)
    select * from unnest(
      ${parks.map(({ tenant }) => tenant)}::bigint[],
      ${parks.map(({ parkedAt }) => parkedAt.toString())}::timestamptz[],
      ${parks.map(({ by }) => by)}::text[],
      ${parks.map(({ reason }) => reason)}::text[]
    )
    on conflict (tenant_id) where unparked_at is null do nothing
    returning tenant_id`.execute(tx);
  return new Set(rows.map((row) => row.tenant_id));
}

/** Ends a park and gives it; undefined for an account that is not parked. */
export async function endPark(
  tx: AppTransaction,
  tenant: bigint,
  { at, note }: { at: Temporal.Instant; note: string },
): Promise<Park | undefined> {
  const { rows } = await sql<ParkRow>`
    update billing_parks set unparked_at = ${at}, note = ${note}
    where tenant_id = ${tenant} and unparked_at is null
    returning tenant_id, parked_at, parked_by, reason`.execute(tx);
  return rows.map(toPark)[0];
}

/** Accounts that are parked now, those that have waited longest first, a page of them, and how many there are. */
export async function listParks(
  tx: SystemTransaction,
  page: { offset: number; limit: number },
): Promise<{ parks: Park[]; total: number }> {
  const { rows } = await sql<ParkRow>`
    select tenant_id, parked_at, parked_by, reason from billing_parks where unparked_at is null
    order by parked_at, id offset ${page.offset} limit ${page.limit}`.execute(tx);
  const counts = await countParks(tx);
  return { parks: rows.map(toPark), total: counts.operator + counts.guard };
}

/** How many accounts are parked now, by whom. */
export async function countParks(tx: SystemTransaction): Promise<Record<ParkedBy, number>> {
  const { rows } = await sql<{ parked_by: ParkedBy; parked: bigint }>`
    select parked_by, count(*) as parked from billing_parks where unparked_at is null group by parked_by`.execute(tx);
  const of = (by: ParkedBy) => Number(rows.find((row) => row.parked_by === by)?.parked ?? 0n);
  return { operator: of('operator'), guard: of('guard') };
}

interface ParkRow {
  tenant_id: bigint;
  parked_at: Temporal.Instant;
  parked_by: ParkedBy;
  reason: string;
}

function toPark(row: ParkRow): Park {
  return { tenant: row.tenant_id, parkedAt: row.parked_at, by: row.parked_by, reason: row.reason };
}
