/** Reads the use that advice on image scans stands on. */
import { sql } from 'kysely';
import { anniversary, type Catalog } from '../../catalog/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import type { Money } from '../../platform/money.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { holdingsAt, paidForTerm, quantityInForce, readSubscriptions } from '../../subscriptions/index.ts';
import { adviseScans, type ScanAdvice } from './scan-advice.ts';

export interface ObservedScans extends ScanAdvice {
  /** Whole months from the anniversary of the first pack on. */
  readonly months: readonly { readonly from: Temporal.Instant; readonly until: Temporal.Instant }[];
  readonly usedTenths: bigint;
  /** Scans a month that are bought now. */
  readonly bought: bigint;
  /** The part of its orders that these months have used up. */
  readonly paid: Money;
}

/** Advice from the last whole months, at most so many; undefined where none is over yet, or no scans are bought. */
export async function readScanAdvice(
  tx: AppTransaction,
  tenant: bigint,
  { catalog, months: most, now }: { catalog: Catalog; months: number; now: Temporal.Instant },
): Promise<ObservedScans | undefined> {
  const scan = holdingsAt(await readSubscriptions(tx, tenant), now)['image-scan'];
  if (!scan) return undefined;
  const months = endedMonths(scan.anchor, now).slice(-most);
  const [first, last] = [months.at(0), months.at(-1)];
  if (!first || !last) return undefined;
  const used = await readUsed(tx, tenant, months);
  return {
    ...adviseScans(catalog, used),
    months,
    usedTenths: used.reduce((sum, tenths) => sum + tenths, 0n),
    bought: quantityInForce(scan, now),
    paid: await paidForTerm(tx, tenant, scan.instanceId, { from: first.from, until: last.until }),
  };
}

function endedMonths(anchor: Temporal.Instant, now: Temporal.Instant): ObservedScans['months'] {
  const local = anchor.toZonedDateTimeISO(marketTimeZone);
  const months: { from: Temporal.Instant; until: Temporal.Instant }[] = [];
  for (let index = 0; ; index += 1) {
    const until = anniversary(local, index + 1);
    if (Temporal.Instant.compare(until, now) > 0) return months;
    months.push({ from: anniversary(local, index), until });
  }
}

/** Tenths that bought packs gave in each of these months. */
async function readUsed(tx: AppTransaction, tenant: bigint, months: ObservedScans['months']): Promise<bigint[]> {
  const { rows } = await sql<{ tenths: bigint }>`
    select (
      select coalesce(sum(u.cost_tenths), 0)::bigint from quota_uses u
      join quota_periods p on p.tenant_id = u.tenant_id and p.id = u.period_id and p.source <> 'trial'
      where u.tenant_id = ${tenant} and u.state = 'used' and u.used_at >= m.begins and u.used_at < m.ends
    ) as tenths
    from unnest(
      ${months.map(({ from }) => from.toString())}::timestamptz[],
      ${months.map(({ until }) => until.toString())}::timestamptz[]
    ) with ordinality as m(begins, ends, place)
    order by m.place`.execute(tx);
  return rows.map(({ tenths }) => tenths);
}
