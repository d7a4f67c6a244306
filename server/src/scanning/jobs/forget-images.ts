import { z } from 'zod';
import { listRegistryImageIds } from '../../assets/index.ts';
import { job } from '../../platform/jobs/index.ts';
import { forgetImages } from '../forget-images.ts';
import { dropUnneeded } from '../result-store.ts';

/** Drops what scans of these images left, unless a place holds them again; then what no other image needs. */
export const forgetImagesJob = job({
  name: 'scanning.forget-images',
  data: z.object({ imageIds: z.array(z.string()) }),
  maxAttempts: 20,
  async run({ platform, tenant }, { imageIds }) {
    await platform.database.inTenant(tenant, async (tx) => {
      const held = new Set((await listRegistryImageIds(tx, tenant, { imageIds })).map(({ imageId }) => imageId));
      const gone = imageIds.filter((imageId) => !held.has(imageId));
      await forgetImages(tx, tenant, await platform.clock.now(tx), gone);
    });
    await platform.database.inTenant(tenant, (tx) => dropUnneeded(tx, tenant));
  },
});
