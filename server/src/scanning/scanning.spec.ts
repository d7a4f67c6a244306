import { zstdCompressSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, type CallAction } from '../../../tests/support/call-action.ts';
import { putRegistry } from '../../../tests/support/catalogue.ts';
import {
  fakeImage,
  honestHandler,
  startFakeRegistry,
  type FakeHandler,
  type FakeImage,
} from '../../../tests/support/fake-registry.ts';
import { debianRoot, tarArchive, type TarEntry } from '../../../tests/support/images/index.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';
import { importStarterSet } from '../advisories/index.ts';
import { syncRegistryJob } from '../assets/index.ts';
import { counterNames, readCounters } from '../platform/counters/index.ts';
import { startJobRunner, type Job, type JobRunner } from '../platform/jobs/index.ts';
import { advanceTestClock } from '../platform/timers/index.ts';
import { endTrial, warnOfTrialEnd } from '../subscriptions/index.ts';
import { closeScanSandbox, forgetImagesJob, rematch, scanImage, scanNewImages } from './index.ts';

/** `text` makes images different from each other; openssl 1.1.1k-1 is vulnerable by the starter set. */
function debian(text: string, more: TarEntry[] = []): FakeImage {
  const entries = [
    ...debianRoot('11', [{ name: 'openssl', version: '1.1.1k-1' }]),
    { path: 'srv/text', content: text },
  ];
  return fakeImage(Buffer.from(tarArchive([...entries, ...more])));
}

let platform: TestPlatform;
let runners: JobRunner[];
const jobs: readonly Job[] = [syncRegistryJob, scanNewImages, rematch, forgetImagesJob];
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  platform = await testPlatform({
    testClock: '2026-03-01T00:00:00Z',
    env: { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' },
  });
  await importStarterSet(platform);
  runners = [
    await startJobRunner(platform, { jobs, concurrency: 4 }),
    await startJobRunner(platform, { jobs: [scanImage], concurrency: 2 }),
  ];
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
afterAll(async () => {
  for (const runner of runners) await runner.stop();
  await closeScanSandbox(platform);
  await platform.close();
});

interface World {
  tenant: bigint;
  call: CallAction;
  requests: { path: string }[];
  /** By `repository:tag`. */
  images(): Promise<Map<string, Record<string, unknown>>>;
  /** Scans by one click and waits for the end. */
  scan(request?: Record<string, unknown>): Promise<Record<string, unknown>>;
  ended(task: unknown): Promise<Record<string, unknown>>;
  used(): Promise<unknown>;
}

/** A customer whose one registry is a server of ours. */
async function newWorld(
  handler: FakeHandler,
  on: TestPlatform = platform,
  more: Record<string, unknown> = {},
): Promise<World> {
  const fake = await startFakeRegistry(handler);
  cleanups.push(() => fake.stop());
  const tenant = await trialTenant(on);
  const call = actionCaller(on, tenant);
  const registry = {
    ...more,
    Name: 'fake',
    Username: '',
    Password: '',
    Url: fake.url,
    RegistryType: 'harbor',
    NetType: 'public',
  };
  await call('AddAssetImageRegistryRegistryDetail', registry);
  await until(async () => (await call('DescribeAssetImageRegistryAssetStatus', {}))['Status'] !== 'doing');
  fake.requests.length = 0;
  const ended = async (TaskID: unknown) => {
    const status = () => call('DescribeAssetImageRegistryScanStatusOneKey', { TaskID });
    await until(async () => (await status())['Schedule'] === 100);
    return status();
  };
  return {
    tenant,
    call,
    requests: fake.requests,
    async images() {
      const { List } = await call('DescribeAssetImageRegistryList', { Limit: 100 });
      const list = List as Record<string, unknown>[];
      return new Map(list.map((image) => [`${String(image['ImageName'])}:${String(image['ImageTag'])}`, image]));
    },
    scan: async (request = {}) => ended((await call('CreateAssetImageRegistryScanTaskOneKey', request))['TaskID']),
    ended,
    used: async () => (await call('DescribeImageScanUsage', {}))['Used'],
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 20));
}

describe('a scan', () => {
  it('costs 1, then 0.1, and pulls no layer a second time', async () => {
    const image = debian('repeat');
    const world = await newWorld(honestHandler({ 'app:1': image }));
    expect(await world.scan()).toMatchObject({
      Status: 'SCANNED',
      ImageTotal: 1,
      ImageScanCnt: 1,
      RiskCount: 1,
      SuccessCount: 0,
    });
    expect(await world.used()).toBe('1');
    const pulls = () => world.requests.filter(({ path }) => path.endsWith(image.layerDigest)).length;
    expect(pulls()).toBe(1);
    await world.scan();
    expect(await world.used()).toBe('1.1');
    expect(pulls()).toBe(1);
    expect(await world.call('DescribeImageScanUsage', { Limit: 1 })).toMatchObject({
      Capacity: '500',
      Remaining: '498.9',
      Reserved: '0',
      TotalCount: 2,
      List: [{ ImageId: image.configDigest, Cost: '0.1', First: false, ImageName: expect.stringMatching(/app:1$/) }],
    });
  });

  it('is one for the same image in two places, and both show it', async () => {
    const image = debian('twice');
    const world = await newWorld(honestHandler({ 'app:1': image, 'team/copy:2': image }));
    expect(await world.scan()).toMatchObject({ ImageTotal: 2, ImageScanCnt: 2, RiskCount: 2 });
    expect(await world.used()).toBe('1');
    for (const shown of (await world.images()).values())
      expect(shown).toMatchObject({ ScanStatus: 'SCANNED', VulCnt: 2 });
    expect(await world.call('DescribeImageAuthorizedInfo', {})).toMatchObject({
      ScannedImageCnt: 2,
      NotScannedImageCnt: 0,
    });
  });

  it('of some classes keeps what older scans found of the others', async () => {
    const token = ['ghp', 'x7Kq9Lm2Np4Rs6Tu8Vw1Yz3Ab5Cd0Ef2Gh4J'].join('_');
    const world = await newWorld(
      honestHandler({ 'app:1': debian('classes', [{ path: 'srv/.env', content: `TOKEN=${token}\n` }]) }),
    );
    await world.scan({ ScanType: ['RISK'] });
    expect([...(await world.images()).values()]).toMatchObject([
      { CveStatus: 'NOT_SCAN', RiskStatus: 'SCANNED', VirusStatus: 'NOT_SCAN', VulCnt: 0, SensitiveInfoCnt: 1 },
    ]);
    await world.scan({ ScanType: ['CVE', 'virus'] });
    expect([...(await world.images()).values()]).toMatchObject([
      { CveStatus: 'SCANNED', RiskStatus: 'SCANNED', VirusStatus: 'SCANNED', VulCnt: 2, SensitiveInfoCnt: 1 },
    ]);
  });

  it('that is stopped while it waits for the registry ends at once and costs nothing', async () => {
    const image = debian('slow');
    const honest = honestHandler({ 'app:1': image });
    const world = await newWorld((request, response, path) => {
      if (!path.endsWith(image.layerDigest)) honest(request, response, path);
    });
    const { TaskID } = await world.call('CreateAssetImageRegistryScanTaskOneKey', {});
    await until(async () => world.requests.some(({ path }) => path.endsWith(image.layerDigest)));
    await expect(world.call('CreateAssetImageRegistryScanTaskOneKey', {})).rejects.toMatchObject({
      code: 'FailedOperation.ErrAlreadyScanning',
    });
    expect(await world.call('DescribeImageScanUsage', {})).toMatchObject({ Used: '0', Reserved: '1' });
    await world.call('ModifyAssetImageRegistryScanStopOneKey', { TaskID });
    await world.call('ModifyAssetImageRegistryScanStopOneKey', { TaskID });
    expect(await world.ended(TaskID)).toMatchObject({ Status: 'SCANNED', SuccessCount: 0, RiskCount: 0 });
    expect([...(await world.images()).values()]).toMatchObject([
      { ScanStatus: 'CANCELED', Reason: 'the scan was stopped' },
    ]);
    expect(await world.call('DescribeImageScanUsage', {})).toMatchObject({
      Used: '0',
      Reserved: '0',
      Remaining: '500',
    });
  });

  it('goes on where its process was killed, and ends once', async () => {
    const image = debian('killed');
    const honest = honestHandler({ 'app:1': image });
    let asked = 0;
    const world = await newWorld((request, response, path) => {
      if (path.endsWith(image.layerDigest) && ++asked === 1) return;
      honest(request, response, path);
    });
    const { TaskID } = await world.call('CreateAssetImageRegistryScanTaskOneKey', {});
    await until(async () => asked === 1);
    // As after a kill: the job is run again while the first run has not ended, and cannot end any more.
    const data = { task: String(TaskID), imageId: image.configDigest };
    await scanImage.run({ platform, tenant: world.tenant, signal: new AbortController().signal }, data);
    expect(await world.ended(TaskID)).toMatchObject({ Status: 'SCANNED', RiskCount: 1 });
    await scanImage.run({ platform, tenant: world.tenant, signal: new AbortController().signal }, data);
    expect(await world.call('DescribeImageScanUsage', {})).toMatchObject({ Used: '1', Reserved: '0', TotalCount: 1 });
  });

  it('goes on at once when its service has stopped and started again', async () => {
    const image = debian('stopped');
    const honest = honestHandler({ 'app:1': image });
    let asked = 0;
    const env = { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' };
    const own = await testPlatform({ testClock: '2026-03-01T00:00:00Z', env });
    cleanups.push(() => own.close());
    const work = () => startJobRunner(own, { jobs: [...jobs, scanImage], concurrency: 4 });
    const first = await work();
    const world = await newWorld((request, response, path) => {
      if (path.endsWith(image.layerDigest) && ++asked === 1) return;
      honest(request, response, path);
    }, own);
    const { TaskID } = await world.call('CreateAssetImageRegistryScanTaskOneKey', {});
    await until(async () => asked === 1);
    await first.stop();
    expect(await world.call('DescribeImageScanUsage', {})).toMatchObject({ Used: '0', Reserved: '1' });
    const second = await work();
    cleanups.push(() => second.stop());
    cleanups.push(() => closeScanSandbox(own));
    expect(await world.ended(TaskID)).toMatchObject({ Status: 'SCANNED', ImageScanCnt: 1 });
    expect(await world.call('DescribeImageScanUsage', {})).toMatchObject({ Used: '1', Reserved: '0', TotalCount: 1 });
  });

  it('takes longer than its time-out: fails with that reason', async () => {
    const image = debian('time-out');
    const honest = honestHandler({ 'app:1': image });
    const world = await newWorld((request, response, path) => {
      if (!path.endsWith(image.layerDigest)) honest(request, response, path);
    });
    await world.scan({ Timeout: 1 });
    expect([...(await world.images()).values()]).toMatchObject([
      {
        ScanStatus: 'SCAN_ERR',
        Reason: 'the scan took longer than 1 seconds',
        Solution: expect.stringMatching(/longer/),
      },
    ]);
    expect(await world.used()).toBe('0');
  });
});

const bomb = Buffer.concat([
  Buffer.from(tarArchive([{ path: 'a', content: 'a' }])).subarray(0, 1024),
  Buffer.alloc(1024),
]);

describe('a registry', () => {
  const good = debian('good');
  const bad = debian('bad');
  const honest = honestHandler({ 'good:1': good, 'bad:1': bad });
  const ofBad =
    (handler: FakeHandler): FakeHandler =>
    (request, response, path) => {
      if (path.endsWith(bad.layerDigest)) handler(request, response, path);
      else honest(request, response, path);
    };

  it.each<[string, FakeHandler, RegExp]>([
    [
      'that lies about a layer',
      (_, response) => response.end(good.layer.subarray(0, bad.layer.length)),
      /^what was sent as sha256:\w+ is sha256:\w+$/,
    ],
    [
      'that sends half of a layer',
      (_, response) => response.end(bad.layer.subarray(0, 700)),
      /broke off after 700 of \d+ bytes$/,
    ],
    [
      'that closes in the middle of a layer',
      (_, response) => {
        response.setHeader('content-length', bad.layer.length);
        response.write(bad.layer.subarray(0, 700));
        setTimeout(() => response.destroy(), 20);
      },
      /broke off after 700 of \d+ bytes$/,
    ],
    [
      'that sends a layer without end',
      (_, response) => {
        const more = () => {
          while (response.writable && response.write(bad.layer)) continue;
        };
        response.on('drain', more);
        more();
      },
      /longer than the \d+ bytes/,
    ],
    ['that lost a layer', (_, response) => void response.writeHead(404).end(), /HTTP 404$/],
    ['that refuses the login', (_, response) => void response.writeHead(403).end(), /HTTP 403$/],
  ])(
    '%s: that image fails with a reason, costs nothing, and the other is scanned',
    async (_, handler, reason) => {
      const world = await newWorld(ofBad(handler));
      expect(await world.scan()).toMatchObject({ Status: 'SCANNED', ImageTotal: 2, RiskCount: 1, SuccessCount: 0 });
      const images = await world.images();
      expect(images.get('good:1')).toMatchObject({ ScanStatus: 'SCANNED', VulCnt: 2, Reason: '', Solution: '' });
      expect(images.get('bad:1')).toMatchObject({ ScanStatus: 'SCAN_ERR', VulCnt: 0 });
      expect(images.get('bad:1')?.['Reason']).toMatch(reason);
      expect(images.get('bad:1')?.['Solution']).toMatch(/\.$/);
      expect(await world.used()).toBe('1');
    },
    60_000,
  );

  it('that serves a bomb: the image fails by the budget', async () => {
    // The head says twelve gigabytes; half a gigabyte of zeros follows, in a few kilobytes of zstd.
    const head = Buffer.from(bomb.subarray(0, 512));
    const zeros = zstdCompressSync(Buffer.alloc(32 * 1024 * 1024));
    const layer = Buffer.concat([zstdCompressSync(hugeFile(head, 12)), ...Array.from({ length: 16 }, () => zeros)]);
    const image = fakeImage(layer);
    const world = await newWorld(honestHandler({ 'bomb:1': image, 'good:1': good }));
    await world.scan();
    const images = await world.images();
    expect(images.get('good:1')).toMatchObject({ ScanStatus: 'SCANNED', VulCnt: 2 });
    expect(images.get('bomb:1')).toMatchObject({ ScanStatus: 'SCAN_ERR' });
    expect(await world.used()).toBe('1');
  }, 60_000);

  it('that is down: each image fails with that reason, and an older result stays', async () => {
    const handler: { now: FakeHandler } = { now: honest };
    const world = await newWorld((request, response, path) => handler.now(request, response, path));
    await world.scan();
    handler.now = (request) => request.socket.destroy();
    await world.scan();
    for (const shown of (await world.images()).values()) {
      expect(shown).toMatchObject({ ScanStatus: 'SCAN_ERR', VulCnt: 2, Solution: expect.stringMatching(/registry/) });
    }
    expect(await world.used()).toBe('2');
  }, 60_000);

  it('that is removed takes its images and their results with it', async () => {
    const world = await newWorld(honest);
    await world.scan();
    const { List } = await world.call('DescribeAssetImageRegistryRegistryList', {});
    const [registry] = List as { RegistryId: number }[];
    await world.call('RemoveAssetImageRegistryRegistryDetail', { RegistryId: registry?.RegistryId });
    expect(await world.images()).toEqual(new Map());
    const counted = () =>
      platform.database.inTenant(world.tenant, async (tx) =>
        (await readCounters(tx, world.tenant))(counterNames.scannedRegistryImages),
      );
    expect(await counted()).toBe(0n);
    await until(async () => (await resultsOf(world.tenant)) === 0);
    expect(await world.used()).toBe('2');
  });
});

describe('a tenant', () => {
  it('whose trial ends in the middle of a scan is stopped at once and pays nothing; new scans and lists are refused', async () => {
    const image = debian('trial');
    const honest = honestHandler({ 'app:1': image });
    const ownPlatform = await testPlatform({
      testClock: '2026-03-01T00:00:00Z',
      env: { WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' },
    });
    const own = [
      await startJobRunner(ownPlatform, { jobs: [...jobs, endTrial, warnOfTrialEnd], concurrency: 4 }),
      await startJobRunner(ownPlatform, { jobs: [scanImage], concurrency: 2 }),
    ];
    cleanups.push(async () => {
      for (const runner of own) await runner.stop();
      await closeScanSandbox(ownPlatform);
      await ownPlatform.close();
    });
    const world = await newWorld((request, response, path) => {
      if (!path.endsWith(image.layerDigest)) honest(request, response, path);
    }, ownPlatform);
    await world.call('CreateAssetImageRegistryScanTaskOneKey', {});
    await until(async () => world.requests.some(({ path }) => path.endsWith(image.layerDigest)));
    await advanceTestClock(ownPlatform, (now) => now.add({ hours: 7 * 24 }));
    const { rows } = await ownPlatform.database.inTenant(world.tenant, (tx) =>
      sql<object>`select i.state, i.reason_code, p.reserved_tenths, p.used_tenths, t.ended_at is not null as ended
        from scan_task_images i, quota_periods p, scan_tasks t`.execute(tx),
    );
    expect(rows).toEqual([
      { state: 'stopped', reason_code: 'not-entitled', reserved_tenths: 0n, used_tenths: 0n, ended: true },
    ]);
    for (const action of ['CreateAssetImageRegistryScanTaskOneKey', 'DescribeAssetImageRegistryList']) {
      expect(await errorCode(world.call(action, {}))).toBe('FailedOperation.TrialEnded');
    }
  });

  it('whose registry asks for it has new images scanned after the sync', async () => {
    const world = await newWorld(honestHandler({ 'app:1': debian('auto') }), platform, { NeedScan: true });
    await until(async () => [...(await world.images()).values()].every((image) => image['ScanStatus'] === 'SCANNED'));
    expect(await world.used()).toBe('1');
  });

  it('without images has nothing to scan', async () => {
    const tenant = await trialTenant(platform);
    await putRegistry(platform, tenant);
    const call = actionCaller(platform, tenant);
    await expect(call('CreateAssetImageRegistryScanTaskOneKey', {})).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });
  });
});

function hugeFile(head: Buffer, gigabytes: number): Buffer {
  const header = Buffer.from(head);
  header.write(`${(gigabytes * 1024 ** 3).toString(8)} `, 124, 'ascii');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}

async function resultsOf(tenant: bigint): Promise<number> {
  return platform.database.inTenant(tenant, async (tx) => {
    const rows = await tx
      .withTables<{ image_results: { image_id: string } }>()
      .selectFrom('image_results')
      .select('image_id')
      .execute();
    return rows.length;
  });
}
