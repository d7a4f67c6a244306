import { z } from 'zod';
import { operatorAction } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { catalogSchema } from '../catalog.ts';
import { currentCatalog, listVersions, readCatalog } from '../store.ts';
import { instantField } from '../text-fields.ts';

const mostShownVersions = 100;

export const describeCatalog = operatorAction({
  api: 'wharfinger/2026-11-01',
  name: 'DescribeCatalog',
  summary: 'The catalogue that is in force now, at another time, or by its version; and which versions there are.',
  request: z.strictObject({ At: instantField.optional(), Version: z.int().min(0).optional() }),
  response: z.object({
    Version: z.int(),
    Catalog: catalogSchema,
    /** Newest first; times are empty for the built-in version. */
    Versions: z.array(
      z.object({ Version: z.int(), EffectiveTime: z.string(), PublishedTime: z.string(), Note: z.string() }),
    ),
  }),
  async handle({ inSystem, request, now }) {
    const { At: at = now, Version: wanted } = request;
    if (request.At !== undefined && wanted !== undefined) {
      throw new ActionError('InvalidParameter', 'give either At or Version');
    }
    const { catalog, versions } = await inSystem(async (tx) => ({
      catalog: wanted === undefined ? await currentCatalog(tx, at) : await readCatalog(tx, BigInt(wanted)),
      versions: await listVersions(tx, mostShownVersions),
    }));
    if (!catalog) throw new ActionError('ResourceNotFound', `the catalogue has no version ${wanted}`);
    const { version, ...document } = catalog;
    return {
      Version: Number(version),
      Catalog: document,
      Versions: versions.map(({ version: number, effectiveFrom, publishedAt, note }) => ({
        Version: Number(number),
        EffectiveTime: effectiveFrom?.toString() ?? '',
        PublishedTime: publishedAt?.toString() ?? '',
        Note: note,
      })),
    };
  },
});
