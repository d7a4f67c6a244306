import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { filtersField, pageFields } from '../../platform/wire-lists.ts';
import { wireUint64 } from '../../platform/wire-types.ts';
import { resolvePlace } from '../catalogue.ts';
import { listVulnerabilities, readLayerCommands, vulnerabilityFilters } from '../findings-lists.ts';
import { oneImageFields } from '../image-info.ts';
import { knownFilters } from '../wire-filters.ts';
import { toWireVulnerability, wireVulnerability } from '../wire-vulnerability.ts';

export const describeAssetImageRegistryVulList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryVulList',
  summary: 'The vulnerabilities of a registry image, the worst first; known-malicious packages stand here too.',
  request: z.strictObject({ ...pageFields, ...oneImageFields, Filters: filtersField }),
  response: z.object({ List: z.array(wireVulnerability), TotalCount: wireUint64 }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    const { imageId } = await resolvePlace(tx, tenant, request);
    const filters = knownFilters(request.Filters, vulnerabilityFilters);
    const page = { offset: request.Offset, limit: request.Limit };
    const { rows, total } = await listVulnerabilities(tx, tenant, imageId, filters, page);
    const layerCommands = await readLayerCommands(tx, tenant, imageId);
    return { List: rows.map((row) => toWireVulnerability(row, layerCommands)), TotalCount: total };
  },
});
