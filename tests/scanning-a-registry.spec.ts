import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_client.js';
import {
  cleanImage,
  oldAlpineImage,
  oldDebianImage,
  oldGoImage,
  oldNodeImage,
  oldPythonImage,
  plantedImage,
} from './support/images/index.ts';
import { codeOf, type AccountKey } from './support/official-sdk.ts';
import { noRealRegistry, startRealRegistry, type RealRegistry } from './support/real-registry.ts';
import { describeWhen } from './support/requirements.ts';
import { startService, type RunningService } from './support/running-service.ts';
import {
  connectRegistry,
  imagesByName,
  newCustomer,
  pushBuilt,
  scanEverything,
  scanUsage,
  vulnerabilitiesOf,
} from './support/scan-story.ts';

const images = {
  'old/debian:11': oldDebianImage(),
  'old/alpine:3.10': oldAlpineImage('zstd'),
  'old/python:1.0': oldPythonImage(),
  'old/node:1.0': oldNodeImage(),
  'old/go:1.0': oldGoImage(),
  'planted/app:1.0': plantedImage(),
  'clean/app:1.0': cleanImage(),
};

/** By the starter set, as `CVE component version`: the component is the name that the advisory was matched by. */
const vulnerabilities: Record<keyof typeof images, string[]> = {
  'old/debian:11': [
    'CVE-2018-25032 zlib 1:1.2.11.dfsg-2',
    'CVE-2021-3711 openssl 1.1.1k-1',
    'CVE-2021-4034 policykit-1 0.105-30',
    'CVE-2022-0778 openssl 1.1.1k-1',
    'CVE-2022-37434 zlib 1:1.2.11.dfsg-2',
  ],
  'old/alpine:3.10': ['CVE-2019-14697 musl 1.1.22-r2'],
  'old/python:1.0': [
    'CVE-2019-10906 jinja2 2.10',
    'CVE-2019-14234 django 2.2.0',
    'CVE-2020-14343 pyyaml 5.1',
    'CVE-2022-28346 django 2.2.0',
  ],
  'old/node:1.0': [
    'CVE-2019-10744 lodash 4.17.4',
    'CVE-2019-19919 handlebars 4.0.11',
    'CVE-2020-8203 lodash 4.17.4',
    'CVE-2021-23337 lodash 4.17.4',
  ],
  'old/go:1.0': [
    'CVE-2021-38561 golang.org/x/text v0.3.2',
    'CVE-2022-27664 stdlib go1.18.1',
    'CVE-2022-32149 golang.org/x/text v0.3.2',
    'CVE-2023-24538 stdlib go1.18.1',
    'CVE-2023-39325 stdlib go1.18.1',
    'CVE-2023-48795 golang.org/x/crypto v0.0.0-20190308221718-c2843e01d9a2',
    'CVE-2024-24790 stdlib go1.18.1',
    'CVE-2024-45337 golang.org/x/crypto v0.0.0-20190308221718-c2843e01d9a2',
  ],
  'planted/app:1.0': [],
  'clean/app:1.0': [],
};

describeWhen(noRealRegistry, 'a customer scans a registry through the official SDK', () => {
  let service: RunningService;
  let registry: RealRegistry;
  let account: AccountKey;
  let client: Client;

  beforeAll(async () => {
    registry = await startRealRegistry();
    for (const [name, image] of Object.entries(images)) {
      const [repository = '', tag = ''] = name.split(':');
      await pushBuilt(registry, repository, tag, image);
    }
    await pushBuilt(registry, 'old/debian', 'again', images['old/debian:11']);
    service = await startService({ WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
    ({ account, client } = await newCustomer(service));
  });
  afterAll(async () => {
    await service.remove();
    await registry.stop();
  });

  it('connects it and sees its images', async () => {
    await connectRegistry(client, registry.url);
    const found = await imagesByName(client);
    expect([...found.keys()].toSorted()).toEqual([...Object.keys(images), 'old/debian:again'].toSorted());
    expect([...found.values()].map((image) => image.ScanStatus)).toEqual(
      found
        .values()
        .map(() => 'NOT_SCAN')
        .toArray(),
    );
    expect(await client.DescribeAssetImageRegistrySummary({})).toMatchObject({ UnScannedImageCnt: 7 });
  });

  it('scans them with one click; an image that stands in two places costs once', async () => {
    const task = await scanEverything(client);
    expect(await client.DescribeAssetImageRegistryScanStatusOneKey({ TaskID: task })).toMatchObject({
      Status: 'SCANNED',
      Schedule: 100,
      ImageScanCnt: 8,
      ImageTotal: 8,
    });
    expect(await scanUsage(service, account)).toMatchObject({
      Capacity: '500',
      Used: '7',
      Reserved: '0',
      TotalCount: 7,
    });
    const { ImageScanInquireInfo } = await client.DescribeImageAuthorizedInfo(null);
    expect(ImageScanInquireInfo).toMatchObject({ Capcity: 500, Useage: 7, TrialNum: 500, PurchaseStatus: 'Pending' });
  });

  it('reads exactly the vulnerabilities that are there', async () => {
    const found = await imagesByName(client);
    const told: Record<string, string[]> = {};
    for (const [name, image] of found) told[name] = await vulnerabilitiesOf(client, Number(image.Id));
    expect(told).toEqual({ ...vulnerabilities, 'old/debian:again': vulnerabilities['old/debian:11'] });
    for (const [name, image] of found) {
      const count =
        Number(image.CriticalLevelVulCnt) +
        Number(image.HighLevelVulCnt) +
        Number(image.MediumLevelVulCnt) +
        Number(image.LowLevelVulCnt);
      expect({ name, count: image.VulCnt }).toEqual({ name, count });
    }
  });

  it('reads the malware and the sensitive data, but never a secret itself', async () => {
    const planted = (await imagesByName(client)).get('planted/app:1.0');
    const Id = Number(planted?.Id);
    const malware = await client.DescribeAssetImageRegistryVirusList({ Id });
    expect(malware.List).toMatchObject([
      { Path: '/app/uploads/eicar.com', FileMd5: '44d88612fea8a8f36de82e1278abb02f', FileSize: 68 },
    ]);
    const risks = await client.DescribeAssetImageRegistryRiskInfoList({ Id });
    expect(risks.TotalCount).toBe(4);
    expect(risks.List?.map(({ Type }) => Type)).toEqual([1, 1, 1, 1]);
    expect(planted).toMatchObject({ VirusCnt: 1, SensitiveInfoCnt: 4, SentiveInfoCnt: 4 });
    expect(JSON.stringify(risks)).not.toMatch(/gh[p]_[A-Za-z0-9]{20}|AKIA[A-Z0-9]{16}/);
  });

  it('finds nothing in a clean image', async () => {
    const clean = (await imagesByName(client)).get('clean/app:1.0');
    expect(clean).toMatchObject({ ScanStatus: 'SCANNED', VulCnt: 0, VirusCnt: 0, RiskCnt: 0, SensitiveInfoCnt: 0 });
  });

  it('pays a tenth for each repeat', async () => {
    await scanEverything(client);
    expect(await scanUsage(service, account)).toMatchObject({ Used: '7.7', Remaining: '492.3', TotalCount: 14 });
    // Whole numbers on the wire: what is used is rounded up.
    expect((await client.DescribeImageAuthorizedInfo(null)).ImageScanInquireInfo).toMatchObject({ Useage: 8 });
  });

  it('is not seen by another customer', async () => {
    const { client: other } = await newCustomer(service);
    const [image] = (await imagesByName(client)).values();
    expect((await other.DescribeAssetImageRegistryList({})).TotalCount).toBe(0);
    expect(await codeOf(other.DescribeAssetImageRegistryVulList({ Id: Number(image?.Id) }))).toBe('ResourceNotFound');
    expect(await codeOf(other.CreateAssetImageRegistryScanTaskOneKey({ ScanScope: 0, ScanType: ['CVE'] }))).toMatch(
      /^(FailedOperation|ResourceNotFound)/,
    );
  });
});
