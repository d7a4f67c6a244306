/** Reads what a forecast of this month stands on. */
import { sql } from 'kysely';
import { currentCatalog } from '../../catalog/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { readSubscriptions, readTrial, type Subscription } from '../../subscriptions/index.ts';
import { costOfDays } from '../elastic/cost-of-days.ts';
import { readCores } from '../elastic/read-cores.ts';
import { forecastMonth, patternDays, type CountedHour, type Forecast } from './forecast-month.ts';

export interface MonthForecast extends Forecast {
  readonly month: Temporal.PlainYearMonth;
  /** Days of the month that were charged, and those that are over and wait for their charge, in cents. */
  readonly chargedCents: bigint;
  readonly waitingCents: bigint;
  /** Hours that the pattern stands on. */
  readonly observedHours: number;
}

export async function readForecast(tx: AppTransaction, tenant: bigint, now: Temporal.Instant): Promise<MonthForecast> {
  const today = now.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  const past = await costOfDays(tx, tenant, { from: today.with({ day: 1 }), before: today });
  const { observed, coreHoursToday } = await readObserved(tx, tenant, now, today);
  const professional = (await readSubscriptions(tx, tenant)).find(({ product }) => product === 'professional');
  const cores = await readCores(tx, tenant, { trial: await readTrial(tx, tenant), professional }, now);
  const prices = await readPrices(tx, today);
  const forecast = forecastMonth({
    now,
    timeZone: marketTimeZone,
    pastCents: past.charged + past.waiting,
    coreHoursToday,
    observed,
    licence: cores.licence,
    suspended: cores.suspended,
    until: endOfElastic(professional),
    priceOn: (day) => prices.get(day.day) ?? 0n,
  });
  return {
    ...forecast,
    month: today.toPlainYearMonth(),
    chargedCents: past.charged,
    waitingCents: past.waiting,
    observedHours: observed.length,
  };
}

/** Elastic cores run on while the edition is isolated; one that renews itself is expected to go on. */
function endOfElastic(professional: Subscription | undefined): Temporal.Instant | undefined {
  if (!professional || professional.renewal.flag === 'NOTIFY_AND_AUTO_RENEW') return undefined;
  return professional.endsAt.add({ hours: professional.isolationHours });
}

async function readObserved(
  tx: AppTransaction,
  tenant: bigint,
  now: Temporal.Instant,
  today: Temporal.PlainDate,
): Promise<{ observed: CountedHour[]; coreHoursToday: bigint }> {
  const { rows } = await sql<{ hour: Temporal.Instant; counted: bigint; excess_today: bigint }>`
    select hour, counted_cores as counted, case when day = ${today.toString()}::date then excess else 0 end as excess_today
    from elastic_samples
    where tenant_id = ${tenant} and hour > ${now.subtract({ hours: patternDays * 24 })} and hour <= ${now}
    order by hour`.execute(tx);
  return {
    observed: rows.map(({ hour, counted }) => ({ hour, counted })),
    coreHoursToday: rows.reduce((sum, { excess_today }) => sum + excess_today, 0n),
  };
}

/** Of today and the days to come of its month, by their number in it. */
async function readPrices(tx: AppTransaction, today: Temporal.PlainDate): Promise<Map<number, bigint>> {
  const prices = new Map<number, bigint>();
  for (let { day } = today; day <= today.daysInMonth; day += 1) {
    const begins = today.with({ day }).toZonedDateTime(marketTimeZone).toInstant();
    const { elasticCores } = await currentCatalog(tx, begins);
    prices.set(day, BigInt(elasticCores.unitPriceMicro));
  }
  return prices;
}
