import { z } from 'zod';
import { defineEvent } from '../platform/events/index.ts';

/** A sync came to its end. Images first seen at `startedAt` or later are new. */
export const registrySynced = defineEvent(
  'assets.registry-synced',
  z.object({
    registryId: z.string(),
    success: z.boolean(),
    needScan: z.boolean(),
    syncMode: z.enum(['full', 'incremental']),
    startedAt: z.string(),
    added: z.int(),
    changed: z.int(),
    removed: z.int(),
  }),
);

/**
 * Places (repository and tag) are gone from the catalogue, or name another image now. `imageIds` are the images that no
 * place of the tenant holds any more. At most a thousand of each in one event.
 */
export const registryImagesRemoved = defineEvent(
  'assets.registry-images-removed',
  z.object({ ids: z.array(z.string()), imageIds: z.array(z.string()) }),
);

/** A registry was removed; its images were announced as removed before. */
export const registryRemoved = defineEvent('assets.registry-removed', z.object({ registryId: z.string() }));
