import { z } from 'zod';
import { currentCatalog, type Catalog } from '../../../catalog/index.ts';
import { action } from '../../../platform/action.ts';
import { counterNames, readCounters } from '../../../platform/counters/index.ts';
import type { AppTransaction } from '../../../platform/database/index.ts';
import {
  add,
  compareMoney,
  formatYuan,
  fromMicroYuan,
  multiply,
  negate,
  noMoney,
  type Money,
} from '../../../platform/money.ts';
import { marketTimeZone } from '../../../platform/platform.ts';
import { toWireTime, wireBool, wireString, wireTime, wireUint64 } from '../../../platform/wire-types.ts';
import { holdingsAt, isWorking, quantityInForce, readSubscriptions } from '../../../subscriptions/index.ts';
import { formatTenths } from '../../scan-cost.ts';
import { adviseLogCapacity, daysKept, retentionDays } from '../log-advice.ts';
import { readLicenceAdvice, totalOf } from '../read-licence-advice.ts';
import { readScanAdvice } from '../read-scan-advice.ts';

const yuan = wireString.regex(/^\d+\.\d\d$/);
const scans = wireString.regex(/^\d+(\.\d)?$/);

/** Where nothing was observed there is no advice: `Observed` is false and every figure is empty. */
export const describeUsageAdvice = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeUsageAdvice',
  summary:
    'How many cores, scans and gigabytes to buy, from what was observed in the last days, with what that would have saved of what was paid.',
  request: z.strictObject({ Days: z.int().min(1).max(366).default(30) }),
  response: z.object({
    Cores: z.object({
      Observed: wireBool,
      /** The whole days that were observed. */
      FirstDay: wireString,
      LastDay: wireString,
      ObservedHours: wireUint64,
      PeakCores: wireUint64,
      LicensedCores: wireUint64,
      PaidPrepaid: yuan,
      PaidElastic: yuan,
      /** With which these days would have cost least, at the prices of now. */
      AdvisedCores: wireUint64,
      AdvisedPrepaid: yuan,
      AdvisedElastic: yuan,
      Saved: yuan,
      /** A new purchase is for at least so long. */
      MinimumMonths: wireUint64,
    }),
    Scans: z.object({
      Observed: wireBool,
      StartTime: wireTime,
      EndTime: wireTime,
      Months: wireUint64,
      Used: scans,
      UsedInBusiestMonth: scans,
      BoughtPerMonth: wireUint64,
      Paid: yuan,
      AdvisedPerMonth: wireUint64,
      AdvisedCost: yuan,
      Saved: yuan,
    }),
    Logs: z.object({
      Observed: wireBool,
      Hosts: wireUint64,
      MegabytesPerHostAndDay: wireUint64,
      BoughtGB: wireUint64,
      /** For how long the bought capacity lasts; the law asks for `RetentionDays`. */
      DaysKept: wireUint64,
      RetentionDays: wireUint64,
      AdvisedGB: wireUint64,
      SavedPerMonth: yuan,
    }),
  }),
  needs: { role: 'finance:read' },
  async handle({ tx, tenant, now, request: { Days: days }, platform }) {
    const catalog = await currentCatalog(tx, now);
    return {
      Cores: await cores(tx, tenant, { catalog, days, now }),
      Scans: await imageScans(tx, tenant, { catalog, months: Math.ceil(days / 30), now }),
      Logs: await logs(tx, tenant, {
        catalog,
        megabytesPerHostAndDay: BigInt(platform.config.logMegabytesPerHost),
        now,
      }),
    };
  },
});

async function cores(tx: AppTransaction, tenant: bigint, on: Parameters<typeof readLicenceAdvice>[2]) {
  const observed = await readLicenceAdvice(tx, tenant, on);
  const nothing = { cores: 0n, prepaid: noMoney, elastic: noMoney };
  const [paid, advised] = [observed?.paid ?? nothing, observed?.advised ?? nothing];
  return {
    Observed: observed !== undefined,
    FirstDay: observed?.from.toString() ?? '',
    LastDay: observed?.before.subtract({ days: 1 }).toString() ?? '',
    ObservedHours: observed?.hours ?? 0,
    PeakCores: observed?.peak ?? 0,
    LicensedCores: observed?.licensed ?? 0,
    PaidPrepaid: formatYuan(paid.prepaid),
    PaidElastic: formatYuan(paid.elastic),
    AdvisedCores: advised.cores,
    AdvisedPrepaid: formatYuan(advised.prepaid),
    AdvisedElastic: formatYuan(advised.elastic),
    Saved: savedOf(totalOf(paid), totalOf(advised)),
    MinimumMonths: on.catalog.professional.purchaseTerm.minimumMonths,
  };
}

async function imageScans(tx: AppTransaction, tenant: bigint, on: Parameters<typeof readScanAdvice>[2]) {
  const observed = await readScanAdvice(tx, tenant, on);
  const [paid, cost] = [observed?.paid ?? noMoney, observed?.cost ?? noMoney];
  return {
    Observed: observed !== undefined,
    StartTime: toWireTime(observed?.months.at(0)?.from, marketTimeZone),
    EndTime: toWireTime(observed?.months.at(-1)?.until, marketTimeZone),
    Months: observed?.months.length ?? 0,
    Used: formatTenths(observed?.usedTenths ?? 0n),
    UsedInBusiestMonth: formatTenths(observed?.busiestTenths ?? 0n),
    BoughtPerMonth: observed?.bought ?? 0,
    Paid: formatYuan(paid),
    AdvisedPerMonth: observed?.scansPerMonth ?? 0,
    AdvisedCost: formatYuan(cost),
    Saved: savedOf(paid, cost),
  };
}

/** Volumes are not observed yet: the hosts that are known, by the setting. */
async function logs(
  tx: AppTransaction,
  tenant: bigint,
  { catalog, megabytesPerHostAndDay, now }: { catalog: Catalog; megabytesPerHostAndDay: bigint; now: Temporal.Instant },
) {
  const hosts = (await readCounters(tx, tenant))(counterNames.hosts);
  const held = holdingsAt(await readSubscriptions(tx, tenant), now)['log-analysis'];
  const bought = held && isWorking(held, now) ? quantityInForce(held, now) : 0n;
  const facts = { hosts, megabytesPerHostAndDay };
  const advised = adviseLogCapacity(catalog, facts);
  const price = fromMicroYuan(BigInt(catalog.logAnalysis.unitPriceMicro));
  return {
    Observed: hosts > 0n,
    Hosts: hosts,
    MegabytesPerHostAndDay: megabytesPerHostAndDay,
    BoughtGB: bought,
    DaysKept: daysKept(bought, facts) ?? 0n,
    RetentionDays: retentionDays,
    AdvisedGB: advised,
    SavedPerMonth: hosts > 0n ? savedOf(multiply(price, bought), multiply(price, advised)) : '0.00',
  };
}

/** What was paid more than it would have cost; nothing where it was less. */
function savedOf(paid: Money, cost: Money): string {
  return formatYuan(compareMoney(paid, cost) > 0 ? add(paid, negate(cost)) : noMoney);
}
