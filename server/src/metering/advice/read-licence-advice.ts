/** Reads the hours that advice on licensed cores stands on. */
import { sql } from 'kysely';
import { share, type Catalog } from '../../catalog/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { add, fromCents, type Money } from '../../platform/money.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { isWorking, paidForTerm, quantityInForce, readSubscriptions } from '../../subscriptions/index.ts';
import { costOfDays } from '../elastic/cost-of-days.ts';
import { sampledHours } from '../elastic/rules.ts';
import { adviseLicence, type LicenceCost } from './licence-advice.ts';

export interface ObservedLicence {
  /** Whole days of the market that were observed: from one on and before another. */
  readonly from: Temporal.PlainDate;
  readonly before: Temporal.PlainDate;
  readonly hours: number;
  readonly peak: bigint;
  readonly licensed: bigint;
  /** What these days did cost: their part of the orders, and the elastic charges. */
  readonly paid: { readonly prepaid: Money; readonly elastic: Money };
  readonly advised: LicenceCost;
}

/**
 * Advice from at most so many days before today, as far as the edition that is in force was sampled in them; undefined
 * where not one whole day was.
 */
export async function readLicenceAdvice(
  tx: AppTransaction,
  tenant: bigint,
  { catalog, days, now }: { catalog: Catalog; days: number; now: Temporal.Instant },
): Promise<ObservedLicence | undefined> {
  const professional = (await readSubscriptions(tx, tenant)).find(({ product }) => product === 'professional');
  if (!professional?.protection || !isWorking(professional, now)) return undefined;
  const before = now.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  const samples = await readSamples(tx, tenant, {
    instanceId: professional.instanceId,
    from: before.subtract({ days }),
    before,
  });
  const from = firstWholeDay(samples);
  if (!from || Temporal.PlainDate.compare(from, before) >= 0) return undefined;
  const hours = samples
    .filter(({ day }) => Temporal.PlainDate.compare(day, from) >= 0)
    .map(({ day, counted }) => ({ counted, hoursOfDay: BigInt(sampledHours(day, marketTimeZone).length) }));
  const begins = from.toZonedDateTime(marketTimeZone);
  const ends = before.toZonedDateTime(marketTimeZone);
  // Days that were paid for begin at the anchor's time of day: by that so many days are so many.
  const plainTime = professional.anchor.toZonedDateTimeISO(marketTimeZone).toPlainTime();
  const paidDays = {
    from: begins.withPlainTime(plainTime).toInstant(),
    until: ends.withPlainTime(plainTime).toInstant(),
  };
  const cost = await costOfDays(tx, tenant, { from, before });
  return {
    from,
    before,
    hours: hours.length,
    peak: hours.reduce((most, { counted }) => (counted > most ? counted : most), 0n),
    licensed: quantityInForce(professional, now),
    paid: {
      prepaid: await paidForTerm(tx, tenant, professional.instanceId, paidDays),
      elastic: fromCents(cost.charged + cost.waiting),
    },
    advised: adviseLicence({
      hours,
      months: share(begins, begins.toInstant(), ends.toInstant()),
      licensedMicro: BigInt(catalog.professional.unitPriceMicro),
      elasticMicro: BigInt(catalog.elasticCores.unitPriceMicro),
      minimum: BigInt(catalog.professional.minimumQuantity),
      maximum: BigInt(catalog.professional.maximumQuantity),
      cap: BigInt(professional.protection.elasticCap),
    }),
  };
}

/** Both parts of a cost, exact. */
export function totalOf({ prepaid, elastic }: { prepaid: Money; elastic: Money }): Money {
  return add(prepaid, elastic);
}

interface Sample {
  readonly hour: Temporal.Instant;
  readonly day: Temporal.PlainDate;
  readonly counted: bigint;
}

async function readSamples(
  tx: AppTransaction,
  tenant: bigint,
  { instanceId, from, before }: { instanceId: string; from: Temporal.PlainDate; before: Temporal.PlainDate },
): Promise<Sample[]> {
  const { rows } = await sql<{ hour: Temporal.Instant; day: string; counted: bigint }>`
    select hour, day::text, counted_cores as counted from elastic_samples
    where tenant_id = ${tenant} and day >= ${from.toString()}::date and day < ${before.toString()}::date
      and instance_id = ${instanceId}
    order by hour`.execute(tx);
  return rows.map(({ hour, day, counted }) => ({ hour, day: Temporal.PlainDate.from(day), counted }));
}

/** The day of the first sample, or the next one where that began without it. */
function firstWholeDay([first]: readonly Sample[]): Temporal.PlainDate | undefined {
  if (!first) return undefined;
  const [begin] = sampledHours(first.day, marketTimeZone);
  return begin && first.hour.equals(begin) ? first.day : first.day.add({ days: 1 });
}
