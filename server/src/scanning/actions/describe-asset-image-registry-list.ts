import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { filtersField, pageFields } from '../../platform/wire-lists.ts';
import { stringField, wireBool, wireUint64 } from '../../platform/wire-types.ts';
import { findImages, imageFilters, imageOrders } from '../find-images.ts';
import { knownFilters } from '../wire-filters.ts';
import { toWireImage, wireImageFields } from '../wire-registry-image.ts';

const listEntry = z.object({
  ...wireImageFields,
  IsTrustImage: wireBool,
  IsLatestImage: wireBool,
  LowLevelVulCnt: wireUint64,
  MediumLevelVulCnt: wireUint64,
  HighLevelVulCnt: wireUint64,
  CriticalLevelVulCnt: wireUint64,
  ContainerCnt: wireUint64,
  ComponentCnt: wireUint64,
  IsRunning: wireBool,
  HasNeedFixVul: wireBool,
  RecommendedFix: wireBool,
});

export const describeAssetImageRegistryList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryList',
  summary: 'The images of all registries, with the state of their scans and what was found in them.',
  request: z.strictObject({
    ...pageFields,
    Filters: filtersField,
    By: stringField.max(64).optional(),
    Order: z.enum(['asc', 'desc', 'ASC', 'DESC', '']).optional(),
    OnlyShowLatest: z.boolean().optional(),
    IsRunning: z.boolean().optional(),
  }),
  response: z.object({ List: z.array(listEntry), TotalCount: wireUint64 }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    const filters = knownFilters(request.Filters, imageFilters);
    const by = orderColumn(request.By);
    // No container is known yet, so no image is used by a running one.
    if (request.IsRunning === true) return { List: [], TotalCount: 0 };
    const { images, facts, total } = await findImages(tx, tenant, {
      filters,
      onlyLatest: request.OnlyShowLatest === true,
      ...(by && { by }),
      direction: request.Order?.toLowerCase() === 'asc' ? 'asc' : 'desc',
      offset: request.Offset,
      limit: request.Limit,
    });
    const List = images.map((image) => {
      const known = facts(image.imageId);
      const { result } = known;
      return {
        ...toWireImage(image, known),
        IsTrustImage: false,
        IsLatestImage: image.isLatest,
        LowLevelVulCnt: result?.low ?? 0,
        MediumLevelVulCnt: result?.medium ?? 0,
        HighLevelVulCnt: result?.high ?? 0,
        CriticalLevelVulCnt: result?.critical ?? 0,
        ContainerCnt: 0,
        ComponentCnt: result?.packages ?? 0,
        IsRunning: false,
        HasNeedFixVul: (result?.fixable ?? 0) > 0,
        RecommendedFix: result !== undefined && result.critical + result.high + result.malware > 0,
      };
    });
    return { List, TotalCount: total };
  },
});

function orderColumn(by: string | undefined) {
  if (!by) return undefined;
  const column = imageOrders.find((name) => name.toLowerCase() === by.toLowerCase());
  if (column) return column;
  throw new ActionError('InvalidParameter', `By: order by one of ${imageOrders.join(', ')}`);
}
