import { z } from 'zod';
import { action } from '../../platform/action.ts';
import { marketTimeZone } from '../../platform/platform.ts';
import { toWireTime, wireString, wireTime } from '../../platform/wire-types.ts';
import type { Registry, SyncState } from '../registry.ts';
import { listRegistries } from '../registry-store.ts';

export const describeAssetImageRegistryAssetStatus = action({
  api: 'tcss/2020-11-01',
  name: 'DescribeAssetImageRegistryAssetStatus',
  summary: 'Says how far reading the catalogues of all registries is, and what went wrong.',
  request: z.strictObject({}),
  response: z.object({ Status: wireString, Err: wireString, LatestSyncSuccessTime: wireTime }),
  needs: { edition: true, role: 'resource:read' },
  async handle({ tx, tenant }) {
    const registries = await listRegistries(tx, tenant);
    const failed = registries.filter(({ sync }) => sync.state === 'failed');
    const succeeded = registries
      .flatMap(({ sync }) => sync.succeededAt ?? [])
      .sort((one, other) => Temporal.Instant.compare(one, other));
    return {
      Status: overallState(registries),
      Err: failed.map(({ name, sync }) => `${name}: ${sync.failReason}`).join('; '),
      LatestSyncSuccessTime: toWireTime(succeeded.at(-1), marketTimeZone),
    };
  },
});

/** `doing` while any is read, then `failed` when the last sync of any failed. */
function overallState(registries: readonly Registry[]): SyncState {
  const states = new Set(registries.map(({ sync }) => sync.state));
  return states.has('doing') ? 'doing' : states.has('failed') ? 'failed' : 'success';
}
