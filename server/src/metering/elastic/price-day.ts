/** What a day of elastic cores costs: for the run at 02:00, and for who wants to know before. */
import type { PricedUsage } from '../../billing/index.ts';
import { currentCatalog, elasticPriceLine } from '../../catalog/index.ts';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { readInstancePlaces } from '../../subscriptions/index.ts';
import { sampledHours } from './rules.ts';
import { readSampledDays } from './sampled-days.ts';

/** What a day of these tenants costs, from its samples. */
export async function priceDay(
  tx: AppTransaction | SystemTransaction,
  date: Temporal.PlainDate,
  tenants: readonly bigint[],
): Promise<PricedUsage[]> {
  const [from, until] = [date, date.add({ days: 1 })].map((day) => day.toZonedDateTime(marketTimeZone).toInstant());
  if (!from || !until) throw new Error('a day has a beginning and an end');
  const hours = BigInt(sampledHours(date, marketTimeZone).length);
  // The price was known before the day began.
  const catalog = await currentCatalog(tx, from);
  const sampled = await readSampledDays(tx, date, tenants);
  const place = await readInstancePlaces(tx, sampled);
  const text = date.toString();
  return sampled.map(({ tenant, instanceId, coreHours, samples }) => ({
    tenant,
    line: elasticPriceLine(catalog, { date, hours, coreHours }),
    charge: {
      idempotencyKey: `elastic-charge/${tenant}/${text}`,
      reference: `${text.replaceAll('-', '')}${tenant}`,
      instanceId,
      ...place(tenant, instanceId),
      from,
      until,
      samples,
    },
  }));
}
