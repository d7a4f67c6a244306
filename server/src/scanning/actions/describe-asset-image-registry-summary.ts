import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { filtersField } from '../../platform/wire-lists.ts';
import { wireUint64 } from '../../platform/wire-types.ts';
import { findImageIds, imageFilters } from '../find-images.ts';
import { imagesWithResult } from '../result-store.ts';
import { knownFilters } from '../wire-filters.ts';

export const describeAssetImageRegistrySummary = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistrySummary',
  summary: 'How many registry images wait for a first scan; the same image in two places is one.',
  request: z.strictObject({ Filters: filtersField }),
  response: z.object({ UnScannedImageCnt: wireUint64 }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    const images = await findImageIds(tx, tenant, knownFilters(request.Filters, imageFilters), false);
    const distinct = [...new Set(images.map(({ imageId }) => imageId))];
    const scanned = await imagesWithResult(tx, tenant, distinct);
    return { UnScannedImageCnt: distinct.length - scanned.size };
  },
});
