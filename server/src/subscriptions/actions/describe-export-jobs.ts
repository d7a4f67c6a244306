import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { pageFields } from '../../platform/wire-lists.ts';
import { toWireTime, wireString, wireTime, wireUint64 } from '../../platform/wire-types.ts';
import { listExports } from '../ends/export/export-store.ts';

export const describeExportJobs = action({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeExportJobs',
  summary: 'Archives of everything that the account has: those that are made or can be fetched, newest first.',
  request: z.strictObject(pageFields),
  response: z.object({
    List: z.array(
      z.object({
        JobId: wireUint64,
        Status: z.enum(['MAKING', 'DONE', 'FAILED']),
        CreateTime: wireTime,
        /** Everything in it is as it was then. */
        SnapshotTime: wireTime,
        FinishTime: wireTime,
        ExpireTime: wireTime,
        SizeBytes: wireUint64,
        Sha256: wireString,
        Files: z.array(
          z.object({
            Name: wireString,
            Domain: wireString,
            Rows: wireUint64,
            SizeBytes: wireUint64,
            Sha256: wireString,
          }),
        ),
      }),
    ),
    TotalCount: wireUint64,
  }),
  needs: { role: 'account:read' },
  async handle({ tx, tenant, request }) {
    const { exports, total } = await listExports(tx, tenant, { offset: request.Offset, limit: request.Limit });
    return {
      List: exports.map((one) => ({
        JobId: one.id,
        Status: statuses[one.state],
        CreateTime: toWireTime(one.askedAt, marketTimeZone),
        SnapshotTime: toWireTime(one.snapshotAt, marketTimeZone),
        FinishTime: toWireTime(one.finishedAt, marketTimeZone),
        ExpireTime: toWireTime(one.expiresAt, marketTimeZone),
        SizeBytes: one.sizeBytes,
        Sha256: one.sha256,
        Files: one.files.map((file) => ({
          Name: file.name,
          Domain: file.domain,
          Rows: file.rows,
          SizeBytes: file.sizeBytes,
          Sha256: file.sha256,
        })),
      })),
      TotalCount: total,
    };
  },
});

const statuses = { making: 'MAKING', done: 'DONE', failed: 'FAILED' } as const;
