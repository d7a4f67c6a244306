import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeImage, honestHandler, startFakeRegistry, type FakeRegistry } from './support/fake-registry.ts';
import { tcssClient, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';

describe('the service is killed while it reads a registry', () => {
  const images = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`team/r${at}:1`, fakeImage(Buffer.from(`layer ${at}`))]),
  );
  const honest = honestHandler(images);
  let service: RunningService;
  let registry: FakeRegistry;
  let killAt = 0;
  let reached: (() => void) | undefined;
  let asked = 0;
  beforeAll(async () => {
    service = await startService({ WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
    registry = await startFakeRegistry((request, response, path) => {
      if (killAt > 0 && ++asked === killAt) return reached?.();
      honest(request, response, path);
    });
  });
  afterAll(async () => {
    await registry.stop();
    await service.remove();
  });

  it.each([2, 9, 20, 35])('at request %d, and comes to the same catalogue after its next start', async (point) => {
    const email = `killed-${point}@example.com`;
    const account = service.command('account', 'create', '--email', email, '--verified') as AccountKey;
    const client = () => tcssClient(service.url, account);
    await client().OpenTcssTrial(null);
    const died = new Promise<void>((done) => {
      reached = done;
    });
    asked = 0;
    killAt = point;
    await client().AddAssetImageRegistryRegistryDetail({
      Name: 'ours',
      Username: '',
      Password: '',
      Url: registry.url,
      RegistryType: 'harbor',
      NetType: 'public',
    });
    await died;
    await service.kill();
    killAt = 0;
    await service.start();
    let status = await client().DescribeAssetImageRegistryAssetStatus(null);
    expect(status.Status).toBe('doing');
    while (status.Status === 'doing') {
      await sleep(100);
      status = await client().DescribeAssetImageRegistryAssetStatus(null);
    }
    expect(status).toMatchObject({ Status: 'success', Err: '' });
    expect(await client().DescribeImageRegistryNamespaceList({})).toMatchObject({
      NamespaceDetail: [{ Namespace: 'team', RegistryCnt: 1, ImageCnt: 12 }],
    });
    expect(await client().DescribePurchaseStateInfo(null)).toMatchObject({ ImageCnt: 12 });
  });
});
