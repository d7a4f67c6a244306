/**
 * The image scan quota of a tenant as other domains use it: reserved when the scan of an image starts, settled when it
 * has a result, given back when it has none. Source: product rules, 4.
 */
import type { AppTransaction } from '../platform/database/index.ts';
import { imageScanEntitlements } from '../subscriptions/index.ts';
import { remainingTenths, settleParts, takeTenths } from './quota.ts';
import { scanCostTenths } from './scan-cost.ts';
import {
  insertPeriod,
  insertReservation,
  lockReservation,
  readPeriods,
  returnReservations,
  settleReservation,
  type ScanKey,
  type StoredPeriod,
} from './store.ts';

/** Sums over the periods in force, in tenths; the instants are those of the period that resets soonest. */
export interface ImageScanQuota {
  periods: StoredPeriod[];
  capacity: bigint;
  reserved: bigint;
  used: bigint;
  remaining: bigint;
  periodStart: Temporal.Instant;
  periodEnd: Temporal.Instant;
}

/** The quota that is in force now; undefined where nothing gives image scans. */
export async function readImageScanQuota(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
): Promise<ImageScanQuota | undefined> {
  const periods = await periodsInForce(tx, tenant, now, { lock: false });
  return periods && sumPeriods(periods);
}

/**
 * As {@link readImageScanQuota}, and keeps every other reservation of this tenant waiting until the transaction ends:
 * for decisions that stand on what remains.
 */
export async function holdImageScanQuota(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
): Promise<ImageScanQuota | undefined> {
  const periods = await periodsInForce(tx, tenant, now, { lock: true });
  return periods && sumPeriods(periods);
}

/** `not-entitled`: nothing gives image scans now. `not-enough`: what remains does not pay for it; nothing was taken. */
export type Reservation = 'reserved' | 'not-enough' | 'not-entitled';

/** Reserves what the scan of an image costs now. Once for a task and image; the scan ends by one of the two below. */
export async function reserveImageScan(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  scan: ScanKey & { imageName: string; hasResult: boolean },
): Promise<Reservation> {
  const periods = await periodsInForce(tx, tenant, now, { lock: true });
  if (!periods) return 'not-entitled';
  const parts = takeTenths(periods, BigInt(scanCostTenths(scan)));
  if (!parts) return 'not-enough';
  await insertReservation(tx, tenant, { ...scan, first: !scan.hasResult, at: now }, parts);
  return 'reserved';
}

/**
 * The scan has a result: what it holds becomes what it has used. `hadResult` says whether the image has got a result
 * meanwhile by another scan: then this one was a repeat, and the rest is given back. Never more than was reserved.
 */
export async function settleImageScan(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  scan: ScanKey & { hadResult: boolean },
): Promise<void> {
  const reserved = await lockReservation(tx, tenant, scan);
  if (reserved.length === 0) throw new Error(`the scan of ${scan.imageId} in task ${scan.task} has reserved nothing`);
  const cost = BigInt(scanCostTenths({ hasResult: scan.hadResult }));
  await settleReservation(tx, tenant, { ...scan, first: !scan.hadResult, at: now }, settleParts(reserved, cost));
}

/** These images of a task have no result: what they hold is free again. What was not reserved is no error. */
export async function giveBackImageScans(
  tx: AppTransaction,
  tenant: bigint,
  task: bigint,
  imageIds: readonly string[],
): Promise<void> {
  await returnReservations(tx, tenant, task, imageIds);
}

async function periodsInForce(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  options: { lock: boolean },
): Promise<[StoredPeriod, ...StoredPeriod[]] | undefined> {
  const entitlements = await imageScanEntitlements(tx, tenant, now);
  if (entitlements.length === 0) return undefined;
  let periods = await readPeriods(tx, tenant, now, options);
  const missing = entitlements.filter(({ source }) => !periods.some((period) => period.source === source));
  for (const { source, capacity, from, until } of missing) {
    await insertPeriod(tx, tenant, { source, startsAt: from, endsAt: until, capacity });
  }
  if (missing.length > 0) periods = await readPeriods(tx, tenant, now, options);
  // What was refunded or has ended early gives nothing more, although its period would still run.
  const sources = new Set<string>(entitlements.map(({ source }) => source));
  const [first, ...others] = periods.filter(({ source }) => sources.has(source));
  return first && [first, ...others];
}

function sumPeriods(periods: [StoredPeriod, ...StoredPeriod[]]): ImageScanQuota {
  const sum = (amount: (period: StoredPeriod) => bigint) =>
    periods.reduce((total, period) => total + amount(period), 0n);
  return {
    periods,
    capacity: sum((period) => period.capacity),
    reserved: sum((period) => period.reserved),
    used: sum((period) => period.used),
    remaining: sum(remainingTenths),
    periodStart: periods[0].startsAt,
    periodEnd: periods[0].endsAt,
  };
}
