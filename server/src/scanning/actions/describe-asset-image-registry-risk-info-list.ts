import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { filtersField, pageFields } from '../../platform/wire-lists.ts';
import { stringField, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { resolvePlace } from '../catalogue.ts';
import { fileFindingFilters, listSecrets } from '../findings-lists.ts';
import { oneImageFields } from '../image-info.ts';
import { shownPath } from '../shown-path.ts';
import { knownFilters } from '../wire-filters.ts';

/** `Type`: 1 = sensitive data, 2 = misconfiguration and build steps. Source: contract, semantics.md. */
const sensitiveData = 1;

export const describeAssetImageRegistryRiskInfoList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryRiskInfoList',
  summary: 'The sensitive data in a registry image: rule, place, and what to do. Values are masked.',
  request: z.strictObject({
    ...pageFields,
    ...oneImageFields,
    Filters: filtersField,
    By: stringField.max(64).optional(),
    Order: z.enum(['asc', 'desc', 'ASC', 'DESC', '+', '-', '']).optional(),
  }),
  response: z.object({
    List: z.array(
      z.object({
        Behavior: wireUint64,
        Type: wireUint64,
        Level: wireString,
        Desc: wireString,
        InstructionContent: wireString,
      }),
    ),
    TotalCount: wireUint64,
  }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    const { imageId } = await resolvePlace(tx, tenant, request);
    const filters = knownFilters(request.Filters, fileFindingFilters);
    const { rows, total } = await listSecrets(tx, tenant, imageId, filters, {
      offset: request.Offset,
      limit: request.Limit,
      order: ascending.has(request.Order?.toLowerCase() ?? '') ? 'asc' : 'desc',
    });
    return {
      List: rows.map((row) => ({
        Behavior: sensitiveData,
        Type: sensitiveData,
        Level: String(row.level),
        Desc: describe(row),
        InstructionContent: row.hidden ? mendHidden : mend,
      })),
      TotalCount: total,
    };
  },
});

const ascending = new Set(['asc', '+']);

const mend =
  'Take it out of the image, and build the image again. Replace the secret by a new one: whoever could pull the image has it.';
const mendHidden =
  'A later layer hides it, but whoever pulls the image can still read it: build the image again without that step, and replace the secret by a new one.';

function describe(row: { rule: string; title: string; path: string; line: number; redacted: string }): string {
  const path = shownPath(row.path);
  const place = row.line > 0 ? `${path}:${row.line}` : path;
  return `${row.title} (${row.rule}) in ${place}: ${row.redacted}`;
}
