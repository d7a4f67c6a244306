import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { announce } from '../../platform/events/index.ts';
import { int64Field } from '../../platform/wire-types.ts';
import { registryRemoved } from '../events.ts';
import { removeImages } from '../image-store.ts';
import { deleteRegistry, readRegistry } from '../registry-store.ts';

export const removeAssetImageRegistryRegistryDetail = action({
  api: 'tcss/2020-11-01',
  name: 'RemoveAssetImageRegistryRegistryDetail',
  summary: 'Disconnects a registry; its images and what was found in them are gone.',
  request: z.strictObject({ RegistryId: int64Field }),
  response: z.object({}),
  needs: { role: 'resource:write', edition: true },
  async handle({ request, tx, tenant, now }) {
    const { id } = await readRegistry(tx, tenant, BigInt(request.RegistryId), { lock: true });
    await removeImages({ tx, tenant, now }, id);
    await deleteRegistry(tx, tenant, id);
    await announce({ tx, tenant, now }, registryRemoved, { registryId: String(id) });
    return {};
  },
});
