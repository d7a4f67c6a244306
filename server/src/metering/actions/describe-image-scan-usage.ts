import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { pageFields } from '../../platform/wire-lists.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireBool, wireString, wireTime, wireUint64 } from '../../platform/wire-types.ts';
import { readImageScanQuota } from '../image-scan-quota.ts';
import { formatTenths } from '../scan-cost.ts';
import { listUses } from '../store.ts';

/** Scans as exact decimals; a figure that is a sum opens to the parts in `List`. */
const scans = wireString.regex(/^\d+(\.\d)?$/);

export const describeImageScanUsage = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeImageScanUsage',
  summary: 'The image scan quota in force, exact to a tenth, and what each scan has cost.',
  request: z.strictObject(pageFields),
  response: z.object({
    Capacity: scans,
    Used: scans,
    Reserved: scans,
    Remaining: scans,
    PeriodStart: wireTime,
    PeriodEnd: wireTime,
    List: z.array(
      z.object({
        TaskId: wireUint64,
        ImageId: wireString,
        ImageName: wireString,
        Cost: scans,
        Time: wireTime,
        First: wireBool,
      }),
    ),
    TotalCount: wireUint64,
  }),
  needs: { role: 'resource:read' },
  async handle({ tx, tenant, now, request }) {
    const quota = await readImageScanQuota(tx, tenant, now);
    const { uses, total } = await listUses(tx, tenant, quota?.periods.map((period) => period.id) ?? [], {
      offset: request.Offset,
      limit: request.Limit,
    });
    return {
      Capacity: formatTenths(quota?.capacity ?? 0n),
      Used: formatTenths(quota?.used ?? 0n),
      Reserved: formatTenths(quota?.reserved ?? 0n),
      Remaining: formatTenths(quota?.remaining ?? 0n),
      PeriodStart: toWireTime(quota?.periodStart, marketTimeZone),
      PeriodEnd: toWireTime(quota?.periodEnd, marketTimeZone),
      List: uses.map((use) => ({
        TaskId: use.task,
        ImageId: use.imageId,
        ImageName: use.imageName,
        Cost: formatTenths(use.tenths),
        Time: toWireTime(use.at, marketTimeZone),
        First: use.first,
      })),
      TotalCount: total,
    };
  },
});
