import { z } from 'zod';
import { listRegistryImages } from '../../assets/index.ts';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { filtersField, pageFields } from '../../platform/wire-lists.ts';
import { stringField, wireBool, wireInt64, wireString } from '../../platform/wire-types.ts';
import { findImageIds, vulnerableImageFilters } from '../find-images.ts';
import { imagesWithVulnerability } from '../findings-lists.ts';
import { imageNameOf, repositoryAddress } from '../image-names.ts';
import { shownPath } from '../shown-path.ts';
import { knownFilters } from '../wire-filters.ts';

export const describeVulRegistryImageList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeVulRegistryImageList',
  summary: 'The registry images that have a vulnerability, with the packages by which they have it.',
  request: z.strictObject({
    PocID: stringField.max(256),
    ...pageFields,
    Filters: filtersField,
    Order: stringField.max(16).optional(),
    By: stringField.max(64).optional(),
  }),
  response: z.object({
    TotalCount: wireInt64,
    List: z.array(
      z.object({
        ImageID: wireString,
        ImageName: wireString,
        ImageTag: wireString,
        Namespace: wireString,
        ImageRepoAddress: wireString,
        ComponentList: z.array(
          z.object({ Name: wireString, Version: wireString, FixedVersion: wireString, Path: wireString }),
        ),
        IsLatestImage: wireBool,
        ImageAssetId: wireInt64,
      }),
    ),
  }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    if (request.PocID === '')
      throw new ActionError('InvalidParameter.MissingParameter', 'PocID: name the vulnerability');
    const vulnerable = await imagesWithVulnerability(tx, tenant, request.PocID);
    const known = knownFilters(request.Filters, vulnerableImageFilters);
    const filters = known.flatMap(({ name, filter }) => (name === 'OnlyAffectedNewestImage' ? [] : [{ name, filter }]));
    const onlyLatest = known.some(
      ({ name, filter }) => name === 'OnlyAffectedNewestImage' && filter.values.includes('true'),
    );
    const places = (await findImageIds(tx, tenant, filters, onlyLatest)).filter(({ imageId }) =>
      vulnerable.has(imageId),
    );
    const ids = places.slice(request.Offset, request.Offset + request.Limit).map(({ id }) => id);
    const { images } = await listRegistryImages(tx, tenant, { ids, by: 'id', direction: 'asc' });
    const List = images.map((image) => ({
      ImageID: image.imageId,
      ImageName: imageNameOf(image),
      ImageTag: image.tag,
      Namespace: image.namespace,
      ImageRepoAddress: repositoryAddress(image),
      ComponentList: (vulnerable.get(image.imageId) ?? []).map(({ name, version, fixed, path }) => ({
        Name: name,
        Version: version,
        FixedVersion: fixed.join(', '),
        Path: shownPath(path),
      })),
      IsLatestImage: image.isLatest,
      ImageAssetId: image.id,
    }));
    return { List, TotalCount: places.length };
  },
});
