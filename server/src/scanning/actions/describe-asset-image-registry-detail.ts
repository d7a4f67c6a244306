import { z } from 'zod';
import { listRegistryImages, type RegistryImage } from '../../assets/index.ts';
import { action } from '../../platform/action.ts';
import type { AppTransaction } from '../../platform/database/index.ts';
import { ActionError } from '../../platform/errors.ts';
import { stringField, uint64Field, wireString } from '../../platform/wire-types.ts';
import { resolvePlace } from '../catalogue.ts';
import { readScanFacts, type ImageResult } from '../scan-facts.ts';
import { toWireImage, wireImageFields } from '../wire-registry-image.ts';

export const describeAssetImageRegistryDetail = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryDetail',
  summary: 'One registry image, by its Id or by its image ID: the state of its scan, what was found, its layers.',
  request: z.strictObject({ Id: uint64Field.optional(), ImageId: stringField.max(256).optional() }),
  response: z.object({ ...wireImageFields, LayerInfo: wireString }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant, request }) {
    const image = await findImage(tx, tenant, request);
    const facts = (await readScanFacts(tx, tenant, [image.imageId]))(image.imageId);
    return { ...toWireImage(image, facts), LayerInfo: layerInfo(facts.result) };
  },
});

async function findImage(
  tx: AppTransaction,
  tenant: bigint,
  { Id, ImageId }: { Id?: number | undefined; ImageId?: string | undefined },
): Promise<RegistryImage> {
  if (Id !== undefined || ImageId === undefined) return resolvePlace(tx, tenant, { Id });
  const { images } = await listRegistryImages(tx, tenant, { imageIds: [ImageId], limit: 1 });
  const [first] = images;
  if (first) return first;
  throw new ActionError('ResourceNotFound', `there is no registry image ${ImageId.slice(0, 100)}`);
}

/** JSON: the layers bottom up, with the build step of each where it is known. Empty before the first scan. */
function layerInfo(result: ImageResult | undefined): string {
  if (!result) return '';
  const layers = result.layers.map((digest, index) => ({
    Digest: digest,
    DiffId: result.history[index]?.diffId ?? '',
    Command: result.history[index]?.command ?? '',
  }));
  return JSON.stringify(layers);
}
