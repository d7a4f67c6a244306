import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { counterNames, readCounters } from '../../platform/counters/index.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireBool, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { readImageScanQuota } from '../image-scan-quota.ts';
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
    const capacity = (quota?.capacity ?? 0n) / 10n;
    const used = wholeScansUsed(quota?.used ?? 0n);
    return {
      TotalAuthorizedCnt: capacity,
      UsedAuthorizedCnt: used,
      ScannedImageCnt: scanned,
      NotScannedImageCnt: images - scanned,
      NotScannedLocalImageCnt: 0,
      TrialAuthorizedCnt: capacity,
      UsedTrialAuthorizedCnt: used,
      PurchasedAuthorizedCnt: 0,
      UsedPurchasedAuthorizedCnt: 0,
      CanApplyFreeImageAuthorize: false,
      ImageScanInquireInfo: {
        InquireKey: 'sv_yunjing_cssil_image',
        Capcity: capacity,
        Useage: used,
        StartTime: toWireTime(quota?.periodStart, marketTimeZone),
        EndTime: toWireTime(quota?.periodEnd, marketTimeZone),
        // Nothing is bought: a trial gives scans, and the purchase is still to come.
        PurchaseStatus: 'Pending',
        ResourceID: '',
        PayNum: 0,
        TrialNum: capacity,
        PayUsage: 0,
      },
      RepeatImageIdCnt: 0,
    };
  },
});
