import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { ActionError } from '../../platform/errors.ts';
import { uint64Field } from '../../platform/wire-types.ts';
import { listRegistries, readRegistry } from '../registry-store.ts';
import { startSync } from '../start-sync.ts';

export const syncAssetImageRegistryAsset = action({
  api: 'tcss/2020-11-01',
  name: 'SyncAssetImageRegistryAsset',
  summary: 'Reads the catalogue of all or of some registries again; a registry that is being read is not begun anew.',
  request: z.strictObject({ All: z.boolean().optional(), RegistryIds: z.array(uint64Field).max(1000).optional() }),
  response: z.object({}),
  needs: { role: 'resource:write', edition: true },
  async handle({ request, tx, tenant }) {
    const ids = request.All ? (await listRegistries(tx, tenant)).map(({ id }) => id) : request.RegistryIds?.map(BigInt);
    if (!request.All && !ids?.length) {
      throw new ActionError('InvalidParameter', 'RegistryIds: name the registries to read, or set All');
    }
    // In one order, so that two requests at the same time do not wait for each other.
    for (const id of [...new Set(ids)].sort((one, other) => (one < other ? -1 : 1))) {
      const { sync } = await readRegistry(tx, tenant, id, { lock: true });
      if (sync.state !== 'doing') await startSync(tx, tenant, id);
    }
    return {};
  },
});
