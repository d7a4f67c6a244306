/** A registry and its catalogue written straight into the database: for specs of what stands on them. */
import { changeRepository } from '../../server/src/assets/image-store.ts';
import { listRegistryImageIds, registrySynced } from '../../server/src/assets/index.ts';
import { insertRegistry } from '../../server/src/assets/registry-store.ts';
import { announce } from '../../server/src/platform/events/index.ts';
import type { Platform } from '../../server/src/platform/platform.ts';

export interface Catalogue {
  registryId: bigint;
  /** The repository's tags are these now, each with its image ID; gives the places by tag. */
  put(repository: string, images: Record<string, string>): Promise<Record<string, bigint>>;
}

/** Connects a registry without asking it anything; nothing answers at its address. */
export async function putRegistry(platform: Platform, tenant: bigint, name = 'registry'): Promise<Catalogue> {
  const { database, clock } = platform;
  const registryId = await database.inTenant(tenant, async (tx) =>
    insertRegistry(
      tx,
      platform,
      tenant,
      {
        name,
        url: 'https://registry.test',
        registryType: 'harbor',
        registryVersion: '',
        registryRegion: '',
        netType: 'public',
        instanceId: '',
        username: '',
        password: '',
        insecure: false,
        speedLimit: 0n,
        needScan: false,
        syncMode: 'full',
        webhookUrl: '',
        webhookToken: '',
        health: undefined,
      },
      await clock.now(tx),
    ),
  );
  if (registryId === undefined) throw new Error(`the tenant has a registry ${name}`);
  return { registryId, put };

  function put(repository: string, images: Record<string, string>) {
    return database.inTenant(tenant, async (tx) => {
      const now = await clock.now(tx);
      const occasion = { tx, tenant, now };
      const found = Object.entries(images).map(([tag, imageId]) => ({
        tag,
        referenceDigest: `sha256:reference-${imageId}`,
        digest: `sha256:manifest-${imageId}`,
        imageId,
        platform: 'linux/amd64',
        sizeBytes: 1_000n,
        createdAt: now,
      }));
      const change = { registryId: registryId as bigint, repository, found, present: Object.keys(images) };
      const counts = await changeRepository(occasion, change);
      const end = { registryId: String(registryId), success: true, needScan: false, startedAt: now.toString() };
      await announce(occasion, registrySynced, { ...end, syncMode: 'full', ...counts });
      const ids: Record<string, bigint> = {};
      for (const tag of Object.keys(images)) {
        const text = [
          { column: 'repository' as const, filter: { values: [repository], exact: true } },
          { column: 'tag' as const, filter: { values: [tag], exact: true } },
        ];
        const [place] = await listRegistryImageIds(tx, tenant, { registryIds: [registryId as bigint], text });
        if (place) ids[tag] = place.id;
      }
      return ids;
    });
  }
}
