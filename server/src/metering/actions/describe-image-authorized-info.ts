import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { counterNames, readCounters } from '../../platform/counters/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireBool, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { buyStatus, holdingsAt, readSubscriptions } from '../../subscriptions/index.ts';
import { readImageScanQuota } from '../image-scan-quota.ts';
import type { QuotaPeriod } from '../quota.ts';
import { wholeScansUsed } from '../scan-cost.ts';

export const describeImageAuthorizedInfo = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeImageAuthorizedInfo',
  summary: 'The image scan quota in whole scans (used ones rounded up), and how many images have been scanned.',
  request: z.strictObject({}),
  response: z.object({
    TotalAuthorizedCnt: wireUint64,
    UsedAuthorizedCnt: wireUint64,
    ScannedImageCnt: wireUint64,
    NotScannedImageCnt: wireUint64,
    NotScannedLocalImageCnt: wireUint64,
    TrialAuthorizedCnt: wireUint64,
    UsedTrialAuthorizedCnt: wireUint64,
    PurchasedAuthorizedCnt: wireUint64,
    UsedPurchasedAuthorizedCnt: wireUint64,
    CanApplyFreeImageAuthorize: wireBool,
    ImageScanInquireInfo: z.object({
      InquireKey: wireString,
      Capcity: wireUint64,
      Useage: wireUint64,
      StartTime: wireString,
      EndTime: wireString,
      PurchaseStatus: wireString,
      ResourceID: wireString,
      PayNum: wireUint64,
      TrialNum: wireUint64,
      PayUsage: wireUint64,
    }),
    RepeatImageIdCnt: wireUint64,
  }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now }) {
    const quota = await readImageScanQuota(tx, tenant, now);
    const counter = await readCounters(tx, tenant);
    const images = counter(counterNames.registryImages);
    const scanned = counter(counterNames.scannedRegistryImages);
    const periods = quota?.periods ?? [];
    const all = wholeFigures(periods);
    const trial = wholeFigures(periods.filter(({ source }) => source === 'trial'));
    const bought = wholeFigures(periods.filter(({ source }) => source !== 'trial'));
    const scan = holdingsAt(await readSubscriptions(tx, tenant), now)['image-scan'];
    return {
      TotalAuthorizedCnt: all.capacity,
      UsedAuthorizedCnt: all.used,
      ScannedImageCnt: scanned,
      NotScannedImageCnt: images - scanned,
      NotScannedLocalImageCnt: 0,
      TrialAuthorizedCnt: trial.capacity,
      UsedTrialAuthorizedCnt: trial.used,
      PurchasedAuthorizedCnt: bought.capacity,
      UsedPurchasedAuthorizedCnt: bought.used,
      CanApplyFreeImageAuthorize: false,
      ImageScanInquireInfo: {
        InquireKey: 'sv_yunjing_cssil_image',
        Capcity: all.capacity,
        Useage: all.used,
        StartTime: toWireTime(quota?.periodStart, marketTimeZone),
        EndTime: toWireTime(quota?.periodEnd, marketTimeZone),
        // A trial gives scans too, but nothing is bought by that: the purchase is still to come.
        PurchaseStatus: buyStatus(scan, now),
        ResourceID: scan?.instanceId ?? '',
        PayNum: bought.capacity,
        TrialNum: trial.capacity,
        PayUsage: bought.used,
      },
      RepeatImageIdCnt: 0,
    };
  },
});

/** In whole scans: what there is rounded down, what is used rounded up. */
function wholeFigures(periods: readonly QuotaPeriod[]): { capacity: bigint; used: bigint } {
  const sum = (of: (period: QuotaPeriod) => bigint) => periods.reduce((total, period) => total + of(period), 0n);
  return { capacity: sum(({ capacity }) => capacity) / 10n, used: wholeScansUsed(sum(({ used }) => used)) };
}
