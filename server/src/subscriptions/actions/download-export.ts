import { z } from 'zod';
import { outsideAction } from '../../platform/action.ts';
import { BlobMissingError } from '../../platform/blobs/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { uint64Field, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { archiveKey, readExport } from '../ends/export/export-store.ts';

const mostBytes = 4 * 1024 * 1024;

export const downloadExport = outsideAction({
  api: 'wharfinger/2026-11-01',
  name: 'DownloadExport',
  summary: 'A piece of an archive: ask again from NextOffset until that is SizeBytes.',
  request: z.strictObject({
    JobId: uint64Field,
    Offset: uint64Field.default(0),
    Length: uint64Field.min(1).max(mostBytes).default(mostBytes),
  }),
  response: z.object({
    /** Base64. */
    Content: wireString,
    NextOffset: wireUint64,
    SizeBytes: wireUint64,
    Sha256: wireString,
  }),
  needs: { role: 'account:read' },
  async handle({ request, platform, tenant, inTenant }) {
    const { JobId, Offset, Length } = request;
    const archive = await inTenant((tx) => readExport(tx, tenant, BigInt(JobId)));
    if (archive?.state !== 'done') throw notThere(JobId);
    const key = archiveKey(tenant, archive.id, archive.run);
    const piece = await platform.blobs.read(key, { offset: Offset, length: Length }).catch((error: unknown) => {
      throw error instanceof BlobMissingError ? notThere(JobId) : error;
    });
    return {
      Content: piece.toString('base64'),
      NextOffset: Offset + piece.length,
      SizeBytes: archive.sizeBytes,
      Sha256: archive.sha256,
    };
  },
});

function notThere(id: number): ActionError {
  return new ActionError('ResourceNotFound', `there is no archive ${id} to be fetched; DescribeExportJobs lists them`);
}
