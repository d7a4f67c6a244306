/** Cores beyond licence and cap are neither protected nor charged: people are told when that begins. Source: product rules, 3.2. */
import { z } from 'zod';
import type { SystemTransaction } from '../../platform/database/index.ts';
import { announceAll, defineEvent } from '../../platform/events/index.ts';

const coresField = z.string().regex(/^\d+$/);

/** At a full hour more cores count than licence and cap cover together, and at the hour before they did not. */
export const elasticCapExceeded = defineEvent(
  'metering.elastic-cap-exceeded',
  z.object({ instanceId: z.string(), countedCores: coresField, licensedCores: coresField, cap: coresField }),
);

/** A sample that is the first beyond the cap. */
export interface ExceedingSample {
  tenant_id: bigint;
  instance_id: string;
  counted_cores: bigint;
  licensed_cores: bigint;
  cap: bigint;
}

export async function tellOfExceededCaps(
  tx: SystemTransaction,
  samples: readonly ExceedingSample[],
  hour: Temporal.Instant,
): Promise<void> {
  const happenings = samples.map((sample) => ({
    tenant: sample.tenant_id,
    payload: {
      instanceId: sample.instance_id,
      countedCores: String(sample.counted_cores),
      licensedCores: String(sample.licensed_cores),
      cap: String(sample.cap),
    },
  }));
  await announceAll(tx, elasticCapExceeded, happenings, hour);
}
