/** What metering tells the domains below when they ask. */
import { subscriber } from '../platform/events/index.ts';
import { packUsesAsked, recordPackUse } from '../subscriptions/index.ts';
import { readPeriods } from './store.ts';

/** What each pack has given in the period that runs. Scans without a result have cost nothing. Source: product rules, 7. */
export const tellPackUses = subscriber('metering', packUsesAsked, async ({ tx, tenant, now }) => {
  for (const { source, startsAt, used } of await readPeriods(tx, tenant, now, { lock: true })) {
    const pack = /^pack\/(\d+)$/.exec(source)?.[1];
    if (pack) await recordPackUse(tx, tenant, { pack: BigInt(pack), periodFrom: startsAt, usedTenths: used });
  }
});
