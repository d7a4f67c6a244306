import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pushImage, pushIndex } from '../../../tests/support/push-image.ts';
import {
  noRealRegistry,
  registryLogin,
  startRealRegistry,
  type RealRegistry,
} from '../../../tests/support/real-registry.ts';
import { describeWhen } from '../../../tests/support/requirements.ts';
import { openRegistryImage } from '../sources/registry-image.ts';
import { createRegistryClient, type RegistryClient } from './index.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describeWhen(noRealRegistry, 'a real registry', () => {
  let registry: RealRegistry;
  let client: RegistryClient;
  beforeAll(async () => {
    registry = await startRealRegistry();
    client = createRegistryClient({ url: registry.url, retries: 1 });
  });
  afterAll(async () => {
    await client.close();
    await registry.stop();
  });

  const layer = Buffer.alloc(1_000_000, 'a tar as far as the registry knows');

  it('is listed in pages and read, whatever the format', async () => {
    const [amd64, arm64] = [
      await pushImage(registry, { repository: 'team/app', tag: 'amd64', layers: [layer, gzipSync(layer)] }),
      await pushImage(registry, {
        repository: 'team/app',
        tag: 'arm64',
        layers: [gzipSync(layer)],
        config: { architecture: 'arm64' },
      }),
    ];
    const zstd = await pushImage(registry, {
      repository: 'base',
      tag: '1',
      layers: [zstdCompressSync(layer)],
      format: 'oci',
    });
    const images = [
      { platform: 'linux/arm64/v8', image: arm64 },
      { platform: 'linux/amd64', image: amd64 },
    ];
    const index = await pushIndex(registry, { repository: 'team/app', tag: 'multi', images });
    await client.ping();
    expect(await collect(client.repositories())).toEqual(['base', 'team/app']);
    expect((await collect(client.tags('team/app'))).sort()).toEqual(['amd64', 'arm64', 'multi']);
    expect(await client.digestOf('team/app', 'multi')).toBe(index);
    expect(await client.resolve('team/app', 'multi')).toMatchObject({
      digest: amd64.digest,
      referenceDigest: index,
      platform: 'linux/amd64',
      platforms: ['linux/arm64/v8', 'linux/amd64'],
    });
    expect((await client.resolve('team/app', 'multi', 'linux/arm64')).config.digest).toBe(arm64.imageId);
    await expect(client.resolve('team/app', 'multi', 'linux/s390x')).rejects.toThrow(
      'it has linux/arm64/v8, linux/amd64',
    );
    for (const image of [amd64, zstd]) {
      const source = await openRegistryImage(client, image.repository, image.digest);
      expect(source.imageId).toBe(image.imageId);
      expect(source.config.diffIds).toEqual(image.diffIds);
      for (const { content, sizeBytes } of source.layers) {
        if (content.type !== 'stream') throw new Error('layers of a registry are streams');
        const stored = Buffer.concat(await collect(await content.open(AbortSignal.timeout(10_000))));
        expect(stored.length).toBe(sizeBytes);
      }
    }
    await expect(client.resolve('base', 'absent')).rejects.toMatchObject({ reason: { code: 'registry-not-found' } });
  });

  it('with more names than a page has is listed to the end', async () => {
    const image = await pushImage(registry, { repository: 'many', tag: 't0', layers: [Buffer.from('x')] });
    for (let start = 1; start < 121; start += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          pushImage(registry, { repository: `many/r${start + at}`, tag: 't', layers: [Buffer.from('x')] }),
        ),
      );
    }
    const repositories = await collect(client.repositories());
    expect(repositories.filter((name) => name.startsWith('many/'))).toHaveLength(120);
    expect(image.layers).toHaveLength(1);
  });

  it('that asks for a login takes the right one only', async () => {
    const locked = await startRealRegistry({ login: true });
    try {
      await pushImage({ url: locked.url, login: registryLogin }, { repository: 'a', tag: '1', layers: [layer] });
      const right = createRegistryClient({ url: locked.url, ...registryLogin });
      expect(await collect(right.repositories())).toEqual(['a']);
      await openRegistryImage(right, 'a', '1');
      await right.close();
      for (const password of ['wrong', undefined]) {
        const wrong = createRegistryClient({ url: locked.url, username: password && 'scanner', password });
        await expect(wrong.ping()).rejects.toMatchObject({ reason: { code: 'registry-denied' } });
        await wrong.close();
      }
    } finally {
      await locked.stop();
    }
  });

  it('that is gone and comes back', async () => {
    await registry.stop();
    await expect(client.ping()).rejects.toMatchObject({ reason: { code: 'registry-unreachable' } });
    await registry.start();
    await client.ping();
  });

  const skopeo = promisify(execFile);
  it('filled by another tool is read too', async (context) => {
    const version = await skopeo('skopeo', ['--version']).catch(() => undefined);
    if (!version) context.skip('not-installed:skopeo');
    const from = await pushImage(registry, { repository: 'from', tag: '1', layers: [gzipSync(layer)] });
    const copy = `docker://${registry.host}/copied:1`;
    await skopeo('skopeo', [
      '--insecure-policy',
      'copy',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      '--format',
      'oci',
      `docker://${registry.host}/from:1`,
      copy,
    ]);
    const source = await openRegistryImage(client, 'copied', '1');
    expect(source.layers.map(({ digest }) => digest)).toEqual(from.layers);
  });
});
