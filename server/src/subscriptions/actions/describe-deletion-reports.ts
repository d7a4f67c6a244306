import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { pageFields } from '../../platform/wire-lists.ts';
import { toWireTime, wireString, wireTime, wireUint64 } from '../../platform/wire-types.ts';
import { listReports } from '../ends/deletion/deletion-store.ts';

export const describeDeletionReports = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeDeletionReports',
  summary: 'What was deleted when a trial or a subscription had ended, counted by domain and kind; newest first.',
  request: z.strictObject(pageFields),
  response: z.object({
    List: z.array(
      z.object({
        ReportId: wireUint64,
        Status: z.enum(['RUNNING', 'DONE']),
        /** Whose end it was. */
        Ended: z.enum(['trial', 'professional', 'image-scan', 'log-analysis']),
        /** Empty for the trial. */
        InstanceId: wireString,
        EndTime: wireTime,
        BeginTime: wireTime,
        FinishTime: wireTime,
        Deleted: wireUint64,
        Lines: z.array(z.object({ Domain: wireString, Kind: wireString, Deleted: wireUint64 })),
        /** Until then a part is kept; empty where nothing is. */
        KeptUntil: wireTime,
        KeptDeleteTime: wireTime,
        /** What of the kept part was deleted. */
        KeptLines: z.array(z.object({ Domain: wireString, Kind: wireString, Deleted: wireUint64 })),
      }),
    ),
    TotalCount: wireUint64,
  }),
  needs: { role: 'account:read' },
  async handle({ tx, tenant, request }) {
    const { reports, total } = await listReports(tx, tenant, { offset: request.Offset, limit: request.Limit });
    return {
      List: reports.map((report) => {
        const lines = (wanted: 'end' | 'kept') =>
          report.counts
            .filter(({ stage }) => stage === wanted)
            .map(({ domain, kind, deleted }) => ({ Domain: domain, Kind: kind, Deleted: deleted }));
        return {
          ReportId: report.id,
          Status: report.finishedAt ? ('DONE' as const) : ('RUNNING' as const),
          Ended: report.ended,
          InstanceId: report.instanceId,
          EndTime: toWireTime(report.endedAt, marketTimeZone),
          BeginTime: toWireTime(report.begunAt, marketTimeZone),
          FinishTime: toWireTime(report.finishedAt, marketTimeZone),
          Deleted: lines('end').reduce((sum, { Deleted }) => sum + Deleted, 0n),
          Lines: lines('end'),
          KeptUntil: toWireTime(report.keptUntil, marketTimeZone),
          KeptDeleteTime: toWireTime(report.keptDeletedAt, marketTimeZone),
          KeptLines: lines('kept'),
        };
      }),
      TotalCount: total,
    };
  },
});
