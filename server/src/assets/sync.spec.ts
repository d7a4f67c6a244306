import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, type CallAction } from '../../../tests/support/call-action.ts';
import { fakeImage, honestHandler, startFakeRegistry, type FakeHandler } from '../../../tests/support/fake-registry.ts';
import { deleteManifest, pushImage, pushIndex } from '../../../tests/support/push-image.ts';
import { noRealRegistry, startRealRegistry, type RealRegistry } from '../../../tests/support/real-registry.ts';
import { describeWhen } from '../../../tests/support/requirements.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';
import { counterNames, readCounters } from '../platform/counters/index.ts';
import { startJobRunner, type JobRunner } from '../platform/jobs/index.ts';
import {
  listRegistryImages,
  openRegistryOf,
  readRegistryImage,
  setImageAtRisk,
  syncRegistryJob,
  type RegistryImageQuery,
} from './index.ts';
import { syncRegistry } from './sync-registry.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function serve(handler: FakeHandler) {
  const fake = await startFakeRegistry(handler);
  cleanups.push(() => fake.stop());
  return fake;
}

let platform: TestPlatform;
let runner: JobRunner | undefined;
beforeAll(async () => {
  platform = await testPlatform({
    testClock: '2026-03-01T00:00:00Z',
    env: { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' },
  });
  runner = await startJobRunner(platform, { jobs: [syncRegistryJob], concurrency: 4 });
});
afterAll(async () => {
  await runner?.stop();
  await platform.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 10));
}

interface World {
  tenant: bigint;
  call: CallAction;
  add(url: string, more?: Record<string, unknown>): Promise<bigint>;
  /** Waits until nothing is being read, and gives the status. */
  synced(): Promise<Record<string, unknown>>;
  list(query?: RegistryImageQuery): Promise<string[]>;
  events(type: string): Promise<unknown[]>;
  counter(): Promise<bigint>;
}

const plainSettings = { Name: 'ours', Username: '', Password: '', RegistryType: 'harbor', NetType: 'public' };

async function world(): Promise<World> {
  const tenant = await trialTenant(platform);
  const call = actionCaller(platform, tenant);
  const { database } = platform;
  return {
    tenant,
    call,
    async add(Url, more = {}) {
      const settings = { ...plainSettings, Url, ...more };
      return BigInt(Number((await call('AddAssetImageRegistryRegistryDetail', settings))['RegistryId']));
    },
    async synced() {
      for (;;) {
        const status = await call('DescribeAssetImageRegistryAssetStatus');
        if (status['Status'] !== 'doing') return status;
        await new Promise((done) => setTimeout(done, 20));
      }
    },
    async list(query = {}) {
      const { images, total } = await database.inTenant(tenant, (tx) =>
        listRegistryImages(tx, tenant, { by: 'repository', direction: 'asc', ...query }),
      );
      if (query.limit === undefined) expect(total).toBe(images.length);
      return images.map(({ repository, tag }) => `${repository}:${tag}`);
    },
    async events(type) {
      const rows = await database.inTenant(tenant, (tx) =>
        tx
          .withTables<{ events: { id: bigint; type: string; payload: unknown } }>()
          .selectFrom('events')
          .select('payload')
          .where('type', '=', type)
          .orderBy('id')
          .execute(),
      );
      return rows.map(({ payload }) => payload);
    },
    counter: () =>
      database.inTenant(tenant, async (tx) => (await readCounters(tx, tenant))(counterNames.registryImages)),
  };
}

const stateOf = async ({ call }: World) =>
  ((await call('DescribeAssetImageRegistryRegistryList'))['List'] as Record<string, unknown>[])[0];

describeWhen(noRealRegistry, 'the catalogue of a real registry', () => {
  let registry: RealRegistry;
  beforeAll(async () => {
    registry = await startRealRegistry();
  });
  afterAll(() => registry.stop());

  it('is read after adding, follows what changes, and is gone with the registry', async () => {
    const here = await world();
    const layer = Buffer.from('layer one');
    const old = await pushImage(registry, {
      repository: 'team/app',
      tag: '1',
      layers: [layer],
      config: { created: '2023-01-01T00:00:00Z' },
    });
    const newer = await pushImage(registry, { repository: 'team/app', tag: '2', layers: [layer, Buffer.from('two')] });
    const arm = await pushImage(registry, {
      repository: 'team/app',
      layers: [layer],
      config: { architecture: 'arm64' },
    });
    const index = await pushIndex(registry, {
      repository: 'team/app',
      tag: 'multi',
      images: [
        { platform: 'linux/arm64', image: arm },
        { platform: 'linux/amd64', image: old },
      ],
    });
    await pushImage(registry, { repository: 'base', tag: 'x', layers: [layer] });
    const registryId = await here.add(registry.url);
    expect(await here.call('DescribeAssetImageRegistryAssetStatus')).toMatchObject({ Status: 'doing' });
    expect(await here.synced()).toEqual({ Status: 'success', Err: '', LatestSyncSuccessTime: '2026-03-01 08:00:00' });
    expect(await stateOf(here)).toMatchObject({
      SyncStatus: 'success',
      SyncMessage: '4 images',
      LatestSyncTime: '2026-03-01 08:00:00',
    });
    expect(await here.list()).toEqual(['base:x', 'team/app:1', 'team/app:2', 'team/app:multi']);
    expect(await here.list({ onlyLatest: true })).toEqual(['base:x', 'team/app:2']);
    expect(await here.counter()).toBe(4n);
    const { tenant } = here;
    const read = (query: RegistryImageQuery) =>
      platform.database.inTenant(tenant, async (tx) => (await listRegistryImages(tx, tenant, query)).images);
    expect(await read({ imageIds: [old.imageId], by: 'tag', direction: 'asc' })).toMatchObject([
      {
        tag: '1',
        digest: old.digest,
        referenceDigest: old.digest,
        platform: 'linux/amd64',
        namespace: 'team',
        isLatest: false,
      },
      {
        tag: 'multi',
        digest: old.digest,
        referenceDigest: index,
        platform: 'linux/amd64',
        registryId,
        registryName: 'ours',
      },
    ]);
    const [second] = await read({ digests: [newer.digest] });
    expect(second?.createdAt?.toString()).toBe('2024-01-02T03:04:05Z');
    expect(await here.call('DescribeImageRegistryNamespaceList')).toEqual({
      TotalCount: 1,
      NamespaceList: ['team'],
      NamespaceDetail: [{ Namespace: 'team', RegistryCnt: 1, ImageCnt: 3, RiskImageCnt: 0 }],
    });
    await platform.database.inTenant(tenant, (tx) => setImageAtRisk(tx, tenant, old.imageId, true));
    expect(
      await here.call('DescribeImageRegistryNamespaceList', { Filters: [{ Name: 'Namespace', Values: ['EA'] }] }),
    ).toMatchObject({
      NamespaceDetail: [{ RiskImageCnt: 2 }],
    });

    // A tag moves, one comes, one goes; ids of places stay.
    const before = await read({ text: [{ column: 'tag', filter: { values: ['2'], exact: true } }] });
    const moved = await pushImage(registry, { repository: 'team/app', tag: '2', layers: [Buffer.from('three')] });
    await pushImage(registry, { repository: 'team/new', tag: '1', layers: [layer] });
    await deleteManifest(
      registry,
      'base',
      (await read({ text: [{ column: 'repository', filter: { values: ['base'], exact: true } }] }))[0]?.digest ?? '',
    );
    await here.call('SyncAssetImageRegistryAsset', { All: true });
    await here.synced();
    expect(await here.list()).toEqual(['team/app:1', 'team/app:2', 'team/app:multi', 'team/new:1']);
    const after = await read({ text: [{ column: 'tag', filter: { values: ['2'], exact: true } }] });
    expect(after).toMatchObject([{ id: before[0]?.id, imageId: moved.imageId }]);
    expect(await here.counter()).toBe(4n);
    const synced = await here.events('assets.registry-synced');
    expect(synced).toMatchObject([
      { added: 4, changed: 0, removed: 0, success: true },
      { added: 1, changed: 1, removed: 1, success: true },
    ]);
    const gone = (await here.events('assets.registry-images-removed')) as { ids: string[]; imageIds: string[] }[];
    expect(gone.flatMap(({ ids }) => ids)).toHaveLength(1);
    expect(gone.flatMap(({ imageIds }) => imageIds)).toContain(newer.imageId);

    await here.call('RemoveAssetImageRegistryRegistryDetail', { RegistryId: Number(registryId) });
    expect(await here.list()).toEqual([]);
    expect(await here.counter()).toBe(0n);
    expect(await here.events('assets.registry-removed')).toEqual([{ registryId: String(registryId) }]);
    const all = (await here.events('assets.registry-images-removed')) as { ids: string[]; imageIds: string[] }[];
    expect(all.at(-1)?.ids).toHaveLength(4);
    expect(new Set(all.at(-1)?.imageIds)).toContain(old.imageId);
  });
});

describe('a sync', () => {
  it('that finds a registry gone fails, keeps what is known, and succeeds when it is back', async () => {
    const here = await world();
    let down = false;
    const honest = honestHandler({ 'a:1': fakeImage() });
    const { url } = await serve((request, response, path) =>
      down ? void response.writeHead(503, { 'retry-after': '100' }).end() : honest(request, response, path),
    );
    await here.add(url);
    await here.synced();
    down = true;
    await here.call('SyncAssetImageRegistryAsset', { All: true });
    expect(await here.synced()).toMatchObject({ Status: 'failed', Err: expect.stringContaining('ours: 127.0.0.1') });
    expect(await stateOf(here)).toMatchObject({
      SyncStatus: 'failed',
      SyncFailReason: expect.stringContaining('HTTP 503'),
      SyncSolution: expect.stringContaining('sync again'),
    });
    expect(await here.list()).toEqual(['a:1']);
    down = false;
    await here.call('SyncAssetImageRegistryAsset', { All: true });
    expect(await here.synced()).toMatchObject({ Status: 'success', Err: '' });
  });

  it('of a registry that lists nothing to this login says so, and not that the login is wrong', async () => {
    const here = await world();
    const { url } = await serve((_, response, path) => {
      if (path === '/v2/') response.end('{}');
      else response.writeHead(403).end();
    });
    await here.add(url);
    expect(await here.synced()).toMatchObject({ Status: 'failed' });
    expect(await stateOf(here)).toMatchObject({
      SyncFailReason: expect.stringContaining('does not list its repositories'),
      SyncSolution: expect.stringContaining('catalogue'),
      ConnDetectDetail: [{ ConnDetectStatus: 'status_connected' }],
    });
  });

  it('disturbs nothing else when single images are broken', async () => {
    const here = await world();
    const image = fakeImage();
    const lying = { ...image, digest: fakeImage(Buffer.from('x')).digest };
    const chart = fakeImage(Buffer.from('c'), {
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        digest: image.configDigest,
        size: image.config.length,
      },
    });
    const evil = fakeImage(Buffer.from('e'));
    const config = Buffer.from(JSON.stringify({ os: 'li\0nux', created: '2024-13-01T00:00:00Z', rootfs: {} }));
    const huge = fakeImage(Buffer.from('h'), {
      layers: Array.from({ length: 999 }, () => ({
        mediaType: '',
        digest: image.layerDigest,
        size: Number.MAX_SAFE_INTEGER,
      })),
    });
    const handler = honestHandler({ 'a:1': image, 'a:2': lying, 'a:chart': chart, 'b:huge': huge, 'c:1': evil });
    const { url } = await serve((request, response, path) => {
      if (path.startsWith('/v2/_catalog')) {
        return void response.end(JSON.stringify({ repositories: ['a', 'b', 'c', 'D/../x', 'gone', 'denied'] }));
      }
      if (path.startsWith('/v2/denied')) return void response.writeHead(403).end();
      if (path === `/v2/c/blobs/${evil.configDigest}`) return void response.end(config);
      return handler(request, response, path);
    });
    await here.add(url);
    expect(await here.synced()).toMatchObject({ Status: 'success' });
    expect(await here.list()).toEqual(['a:1', 'b:huge']);
    expect((await stateOf(here))?.['SyncMessage']).toMatch(
      /^2 images; 1 tags that are no images were left out; 4 problems: .*cannot be one.*a:2: the manifest.*c:1: .*denied: .*HTTP 403/,
    );
    const { tenant } = here;
    const [row] = await platform.database.inTenant(
      tenant,
      async (tx) =>
        (await listRegistryImages(tx, tenant, { text: [{ column: 'tag', filter: { values: ['huge'], exact: true } }] }))
          .images,
    );
    expect(row?.sizeBytes).toBe(BigInt(Number.MAX_SAFE_INTEGER));
  });

  it('asked for while one runs joins it', async () => {
    const here = await world();
    const image = fakeImage();
    const honest = honestHandler({ 'a:1': image });
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    let catalogues = 0;
    const { url } = await serve((request, response, path) => {
      if (path.startsWith('/v2/_catalog')) {
        catalogues++;
        void held.then(() => honest(request, response, path));
      } else honest(request, response, path);
    });
    const id = await here.add(url);
    await until(() => catalogues > 0);
    for (let count = 0; count < 5; count++)
      await here.call('SyncAssetImageRegistryAsset', { RegistryIds: [Number(id)] });
    expect(await here.call('DescribeAssetImageRegistryAssetStatus')).toMatchObject({ Status: 'doing' });
    release();
    await here.synced();
    await new Promise((done) => setTimeout(done, 200));
    expect(catalogues).toBe(1);
    expect(await here.events('assets.registry-synced')).toHaveLength(1);
  });

  it.each(['removed', 'changed'])('whose registry is %s meanwhile does nothing more', async (what) => {
    const here = await world();
    const honest = honestHandler({ 'a:1': fakeImage() });
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => {
      release = done;
    });
    let waiting = 0;
    const { url } = await serve((request, response, path) => {
      if (!path.startsWith('/v2/a/tags')) return honest(request, response, path);
      waiting++;
      return void held.then(() => honest(request, response, path));
    });
    const id = await here.add(url);
    await until(() => waiting > 0);
    const RegistryId = Number(id);
    if (what === 'removed') await here.call('RemoveAssetImageRegistryRegistryDetail', { RegistryId });
    else {
      const other = await serve(honestHandler({ 'b:1': fakeImage() }));
      await here.call('UpdateAssetImageRegistryRegistryDetail', { ...plainSettings, Url: other.url, RegistryId });
    }
    release();
    await here.synced();
    await new Promise((done) => setTimeout(done, 300));
    // The second address was read by the sync that the change began, the first one left nothing.
    expect(await here.list()).toEqual(what === 'removed' ? [] : ['b:1']);
    expect(await here.counter()).toBe(what === 'removed' ? 0n : 1n);
    expect(await here.events('assets.registry-synced')).toHaveLength(what === 'removed' ? 0 : 1);
    expect(await here.events('assets.registry-images-removed')).toEqual([]);
  });

  it('that stops in the middle is begun again and comes to the same end', async () => {
    const here = await world();
    const images = Object.fromEntries(
      Array.from({ length: 6 }, (_, at) => [`r${at}:1`, fakeImage(Buffer.from(`${at}`))]),
    );
    const honest = honestHandler(images);
    let requests = 0;
    let silent = false;
    const stopAt = 12;
    const { url } = await serve((request, response, path) => {
      if (++requests === stopAt) silent = true;
      if (silent) return; // The answer never comes: the service is stopped while it waits.
      honest(request, response, path);
    });
    await here.add(url);
    await until(() => silent);
    await runner?.stop();
    const half = await here.list();
    expect(half.length).toBeLessThan(6);
    expect(await here.call('DescribeAssetImageRegistryAssetStatus')).toMatchObject({ Status: 'doing' });
    silent = false;
    await platform.database.systemPool.query(
      'update graphile_worker._private_jobs set run_at = now() where attempts > 0',
    );
    runner = await startJobRunner(platform, { jobs: [syncRegistryJob], concurrency: 4 });
    expect(await here.synced()).toMatchObject({ Status: 'success' });
    expect(await here.list()).toHaveLength(6);
    expect(await here.counter()).toBe(6n);
    expect(await here.events('assets.registry-synced')).toHaveLength(1);
  });

  it('in incremental mode reads only manifests that changed', async () => {
    const here = await world();
    const { url, requests } = await serve(honestHandler({ 'a:1': fakeImage(), 'a:2': fakeImage() }));
    await here.add(url, { SyncMode: 1 });
    await here.synced();
    requests.length = 0;
    await here.call('SyncAssetImageRegistryAsset', { All: true });
    await here.synced();
    expect(requests.filter(({ path }) => path.includes('/manifests/')).map(({ method }) => method)).toEqual([
      'HEAD',
      'HEAD',
    ]);
    expect(await here.list()).toEqual(['a:1', 'a:2']);
  });

  it('takes in no more than its limits, and says so', async () => {
    const here = await world();
    const images = Object.fromEntries(
      ['a', 'b', 'c'].flatMap((repository) =>
        ['1', '2', '3'].map((tag) => [`${repository}:${tag}`, fakeImage(Buffer.from(repository + tag))]),
      ),
    );
    const { url } = await serve(honestHandler(images));
    const registryId = await here.add(url);
    await here.synced();
    const { tenant } = here;
    const client = await openRegistryOf(platform, tenant, registryId, AbortSignal.timeout(20_000));
    const outcome = await syncRegistry(platform, tenant, client, {
      registryId,
      mode: 'full',
      limits: { repositories: 2, tagsOfRepository: 2, images: 3 },
      inRun: (work) => platform.database.inTenant(tenant, work),
    });
    await client.close();
    expect(outcome).toMatchObject({ images: 3, problemCount: 3, failure: undefined });
    expect(outcome.problems.join()).toMatch(/more than 2 repositories.*a has more than 2 tags.*b has more than 1 tags/);
  });

  it('needs to be told of what', async () => {
    const here = await world();
    expect(await errorCode(here.call('SyncAssetImageRegistryAsset'))).toBe('InvalidParameter');
    expect(await here.call('SyncAssetImageRegistryAsset', { All: true })).toEqual({});
    expect(await here.synced()).toEqual({ Status: 'success', Err: '', LatestSyncSuccessTime: '' });
  });
});

describe('the list of images', () => {
  it('filters, orders and pages, for one tenant only', async () => {
    const here = await world();
    const image = fakeImage();
    const { url } = await serve(
      honestHandler({ 'team/a_b:1': image, 'team/axb:V2': fakeImage(Buffer.from('2')), 'x:1': image }),
    );
    const registryId = await here.add(url);
    await here.synced();
    const contains = (
      column: 'repository' | 'namespace' | 'tag' | 'registryName',
      ...values: string[]
    ): RegistryImageQuery => ({
      text: [{ column, filter: { values, exact: false } }],
    });
    expect(await here.list(contains('repository', 'A_B'))).toEqual(['team/a_b:1']);
    expect(await here.list(contains('repository', 'team', 'x'))).toEqual(['team/a_b:1', 'team/axb:V2', 'x:1']);
    expect(await here.list(contains('repository', '%'))).toEqual([]);
    expect(await here.list(contains('repository', '\\'))).toEqual([]);
    expect(await here.list(contains('tag', 'v'))).toEqual(['team/axb:V2']);
    expect(await here.list(contains('registryName', 'OUR'))).toHaveLength(3);
    expect(await here.list(contains('namespace', 'tea'))).toHaveLength(2);
    expect(await here.list({ registryIds: [registryId], imageIds: [image.configDigest] })).toEqual([
      'team/a_b:1',
      'x:1',
    ]);
    expect(await here.list({ by: 'tag', direction: 'desc', offset: 1, limit: 1 })).toHaveLength(1);
    expect(await here.list({ ids: [] })).toEqual([]);
    const { tenant } = here;
    const { images } = await platform.database.inTenant(tenant, (tx) => listRegistryImages(tx, tenant));
    const ids = images.map(({ id }) => id);
    expect(await here.list({ excludeIds: ids.slice(0, 2) })).toHaveLength(1);
    const other = await world();
    expect(await other.list(contains('repository', 'team'))).toEqual([]);
    expect(await other.list({ ids })).toEqual([]);
    await expect(
      platform.database.inTenant(other.tenant, (tx) => readRegistryImage(tx, other.tenant, ids[0] ?? 0n)),
    ).rejects.toMatchObject({ code: 'ResourceNotFound.RegistryImage' });
  });
});
