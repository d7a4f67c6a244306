import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { filtersField, pageFields } from '../../platform/wire-lists.ts';
import { wireString, wireUint64 } from '../../platform/wire-types.ts';
import { resolvePlace } from '../catalogue.ts';
import { fileFindingFilters, listMalware } from '../findings-lists.ts';
import { oneImageFields } from '../image-info.ts';
import { shownPath } from '../shown-path.ts';
import { knownFilters } from '../wire-filters.ts';
import { wireInstant } from '../wire-instant.ts';

export const describeAssetImageRegistryVirusList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryVirusList',
  summary: 'The malware in a registry image, the worst first, with the rule that each file meets and its author.',
  request: z.strictObject({ ...pageFields, ...oneImageFields, Filters: filtersField }),
  response: z.object({
    List: z.array(
      z.object({
        Path: wireString,
        RiskLevel: wireString,
        Category: wireString,
        VirusName: wireString,
        Tags: z.array(wireString),
        Desc: wireString,
        Solution: wireString,
        FileType: wireString,
        FileName: wireString,
        FileMd5: wireString,
        FileSize: wireUint64,
        FirstScanTime: wireString,
        LatestScanTime: wireString,
      }),
    ),
    TotalCount: wireUint64,
  }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    const { imageId } = await resolvePlace(tx, tenant, request);
    const filters = knownFilters(request.Filters, fileFindingFilters);
    const page = { offset: request.Offset, limit: request.Limit };
    const { rows, total } = await listMalware(tx, tenant, imageId, filters, page);
    return {
      List: rows.map((row) => ({
        Path: shownPath(row.path),
        RiskLevel: String(row.level),
        Category: row.category,
        VirusName: row.rule,
        Tags: row.tags,
        Desc: `${row.title}. Rule ${row.rule}${row.author === '' ? '' : ` by ${row.author}`}; layer ${row.layer}; SHA-256 ${row.sha256}`,
        Solution:
          'Do not run the image. Find out how the file came into it, and build it again from sources that you trust.',
        FileType: /\.([A-Za-z0-9]{1,10})$/.exec(row.path)?.[1]?.toLowerCase() ?? '',
        FileName: row.path.slice(row.path.lastIndexOf('/') + 1),
        FileMd5: row.md5,
        FileSize: row.size_bytes,
        FirstScanTime: wireInstant(row.first_seen),
        LatestScanTime: wireInstant(row.last_seen),
      })),
      TotalCount: total,
    };
  },
});
