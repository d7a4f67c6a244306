import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { filtersField, pageFields, readFilters } from '../../platform/wire-lists.ts';
import { wireInt64, wireString, wireUint64 } from '../../platform/wire-types.ts';
import { listNamespaces } from '../namespaces.ts';

const filterNames = ['Namespace'] as const;

export const describeImageRegistryNamespaceList = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeImageRegistryNamespaceList',
  summary: 'The namespaces of the images in all registries.',
  request: z.strictObject({ ...pageFields, Filters: filtersField }),
  response: z.object({
    TotalCount: wireUint64,
    NamespaceList: z.array(wireString),
    NamespaceDetail: z.array(
      z.object({ Namespace: wireString, RegistryCnt: wireInt64, ImageCnt: wireInt64, RiskImageCnt: wireInt64 }),
    ),
  }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ request, tx, tenant }) {
    const { known, unknown } = readFilters(request.Filters, filterNames);
    if (unknown[0] !== undefined) {
      throw new ActionError('InvalidParameter', `there is no filter ${unknown[0]} here; there is Namespace`);
    }
    const filters = known.map(({ filter }) => filter);
    const { namespaces, total } = await listNamespaces(tx, tenant, filters, request.Offset, request.Limit);
    return {
      TotalCount: total,
      NamespaceList: namespaces.map(({ namespace }) => namespace),
      NamespaceDetail: namespaces.map(({ namespace, registries, images, imagesAtRisk }) => ({
        Namespace: namespace,
        RegistryCnt: registries,
        ImageCnt: images,
        RiskImageCnt: imagesAtRisk,
      })),
    };
  },
});
