/** The samples of a day, as a charge is measured by them and its bill shows them. */
import { sql } from 'kysely';
import type { UsageSample } from '../../billing/index.ts';
import type { AppTransaction, SystemTransaction } from '../../platform/database/index.ts';

export interface SampledDay {
  readonly tenant: bigint;
  /** Of the last sample. */
  readonly instanceId: string;
  /** Sum of the excess. */
  readonly coreHours: bigint;
  /** By the hour. */
  readonly samples: UsageSample[];
}

/** What was sampled on a day, one for each tenant that has samples of it, in the order of their numbers. */
export async function readSampledDays(
  tx: AppTransaction | SystemTransaction,
  day: Temporal.PlainDate,
  tenants: readonly bigint[],
): Promise<SampledDay[]> {
  // One row for a tenant instead of one for a sample, and JSON, which is read natively: most of what a run does is here.
  const { rows } = await sql<{ tenant_id: bigint; core_hours: bigint; instance_id: string; samples: SampleColumns[] }>`
    select tenant_id, sum(excess)::bigint as core_hours, (array_agg(instance_id order by hour desc))[1] as instance_id,
      json_agg(json_build_array(extract(epoch from hour)::bigint, excess::text, counted_cores::text, licensed_cores::text,
        cap::text, source::text, suspended) order by hour) as samples
    from elastic_samples
    where tenant_id = any(${tenants}::bigint[]) and day = ${day.toString()}::date
    group by tenant_id order by tenant_id`.execute(tx);
  const toUsageSample = usageSampleReader();
  return rows.map((row) => ({
    tenant: row.tenant_id,
    instanceId: row.instance_id,
    coreHours: row.core_hours,
    samples: row.samples.map(toUsageSample),
  }));
}

type SampleColumns = [
  epochSeconds: number,
  excess: string,
  counted: string,
  licensed: string,
  cap: string,
  source: string,
  suspended: boolean,
];

/** Samples of a day have the same few hours and nearly always the same sources: each is written once. */
function usageSampleReader(): (columns: SampleColumns) => UsageSample {
  const hours = new Map<number, string>();
  const sources = new Map<string, string>();
  const hourText = (epochSeconds: number) => Temporal.Instant.fromEpochMilliseconds(epochSeconds * 1_000).toString();
  // The database writes JSON with blanks, bills keep it without.
  const sourceText = (source: string) => JSON.stringify(JSON.parse(source));
  return ([epochSeconds, quantity, counted, licensed, cap, source, suspended]) => ({
    at: hours.getOrInsertComputed(epochSeconds, hourText),
    quantity,
    facts: {
      counted,
      licensed,
      cap,
      ...(suspended && { suspended: 'true' }),
      source: sources.getOrInsertComputed(source, sourceText),
    },
  });
}
