import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { buildImage, debianRoot } from './support/images/index.ts';
import { tcssClient } from './support/official-sdk.ts';
import { noRealRegistry, startRealRegistry } from './support/real-registry.ts';
import { describeWhen } from './support/requirements.ts';
import { startService } from './support/running-service.ts';
import { connectRegistry, imagesByName, newCustomer, pushBuilt, scanned, scanUsage } from './support/scan-story.ts';

const kills = 20;
const imagesPerScan = 3;

/** Different for each number, and large enough that a scan is not over at once. */
function image(number: number) {
  const lines = Array.from({ length: 40_000 }, (_, line) => `record ${number} ${(line * 2_654_435_761) >>> 0}`).join(
    '\n',
  );
  return buildImage({
    layers: [
      { entries: debianRoot('11', [{ name: 'openssl', version: '1.1.1k-1' }]) },
      { entries: [{ path: 'srv/data.txt', content: lines }] },
    ],
  });
}

describeWhen(noRealRegistry, 'the service is killed in the middle of scans', () => {
  it('ends each scan once and charges it once', { timeout: 600_000 }, async () => {
    const registry = await startRealRegistry();
    const service = await startService({ WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
    try {
      const rounds = kills + 1;
      for (let number = 0; number < rounds * imagesPerScan; number += 1) {
        await pushBuilt(registry, 'load/app', `v${number}`, image(number));
      }
      const { account, client: firstClient } = await newCustomer(service);
      await connectRegistry(firstClient, registry.url);
      const ids = [...(await imagesByName(firstClient)).values()].map(({ Id }) => Number(Id));
      expect(ids).toHaveLength(rounds * imagesPerScan);

      const scanRound = async (round: number) => {
        const Id = ids.slice(round * imagesPerScan, (round + 1) * imagesPerScan);
        const client = tcssClient(service.url, account);
        const task = await client.CreateAssetImageRegistryScanTaskOneKey({
          ScanScope: 1,
          Id,
          ScanType: ['CVE', 'VIRUS', 'RISK'],
        });
        return Number(task.TaskID);
      };
      const startedAt = performance.now();
      await scanned(firstClient, await scanRound(0));
      const undisturbedMs = performance.now() - startedAt;

      for (let round = 1; round <= kills; round += 1) {
        const task = await scanRound(round);
        await sleep((undisturbedMs * (round - 0.5)) / kills);
        await service.kill();
        await service.start();
        const client = tcssClient(service.url, account);
        await scanned(client, task);
        const status = await client.DescribeAssetImageRegistryScanStatusOneKey({ TaskID: task });
        expect({ round, ...status }).toMatchObject({ round, Status: 'SCANNED', ImageTotal: 3, ImageScanCnt: 3 });
        expect(status.ImageStatus?.map(({ ScanStatus }) => ScanStatus)).toEqual(['SCANNED', 'SCANNED', 'SCANNED']);
        const scans = (round + 1) * imagesPerScan;
        expect(await scanUsage(service, account)).toMatchObject({
          Used: String(scans),
          Reserved: '0',
          TotalCount: scans,
        });
      }
      for (const found of (await imagesByName(tcssClient(service.url, account))).values()) {
        expect(found).toMatchObject({ ScanStatus: 'SCANNED', VulCnt: 2 });
      }
    } finally {
      await service.remove();
      await registry.stop();
    }
  });
});
