/** Reads what is known of a tenant's cores now. */
import { sql } from 'kysely';
import { counterNames, readCounters } from '../../platform/counters/index.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { isWorking, quantityInForce, trialState, type Subscription, type Trial } from '../../subscriptions/index.ts';
import type { KnownCores } from './cover-cores.ts';

/** `professional` is the newest professional edition that the tenant ever had. */
export async function readCores(
  tx: AppTransaction,
  tenant: bigint,
  { trial, professional }: { trial: Trial | undefined; professional: Subscription | undefined },
  now: Temporal.Instant,
): Promise<KnownCores> {
  const counter = await readCounters(tx, tenant);
  const working = professional && isWorking(professional, now) ? professional : undefined;
  const { rows } = await sql<{ counted: bigint; suspended: boolean }>`
    select
      coalesce((
        select cores from counted_cores where tenant_id = ${tenant} and from_at <= ${now} order by from_at desc limit 1
      ), 0)::bigint as counted,
      exists (select from elastic_debts where tenant_id = ${tenant} and suspended_at is not null) as suspended`.execute(
    tx,
  );
  return {
    cluster: counter(counterNames.clusterCores),
    host: counter(counterNames.hostCores),
    counted: rows[0]?.counted ?? 0n,
    licence: working && {
      licensed: quantityInForce(working, now),
      cap: BigInt(working.protection?.elasticCap ?? 0),
    },
    trialRuns: trialState(trial, now) === 'active',
    suspended: rows[0]?.suspended ?? false,
  };
}
