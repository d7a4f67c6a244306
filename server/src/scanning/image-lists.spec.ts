import type { MalwareFinding, SecretFinding, VulnerabilityFinding } from '@wharfinger/scanner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller, errorCode, type CallAction } from '../../../tests/support/call-action.ts';
import { putRegistry } from '../../../tests/support/catalogue.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';
import { createScanTask } from './create-task.ts';
import type { ScanResult } from './result-store.ts';
import { beginScan, endScan, type ScanOutcome } from './scan-life.ts';
import { vulnerabilityRows } from './vulnerability-rows.ts';

const start = Temporal.Instant.from('2026-03-01T00:00:00Z');

function vulnerability(id: string, name: string, change: Partial<VulnerabilityFinding> = {}): VulnerabilityFinding {
  return {
    id,
    otherIds: [],
    advisories: [id],
    package: { kind: 'deb', name, version: '1.0', path: 'var/lib/dpkg/status', layer: 'sha256:layer' },
    advisoryName: name,
    severity: 'high',
    fixedVersions: ['1.1'],
    title: `Flaw of ${name}`,
    details: 'details',
    references: [],
    published: '',
    malicious: false,
    ...change,
  };
}

const secret: SecretFinding = {
  rule: 'github-token',
  title: 'GitHub token',
  severity: 'critical',
  line: 3,
  redacted: 'ghp_****',
  fingerprint: 'f',
  path: 'srv/.env',
  layer: 'sha256:layer',
  hidden: true,
};

const malware: MalwareFinding = {
  rule: 'eicar',
  title: 'EICAR test file',
  severity: 'low',
  category: 'test-file',
  author: 'Wharfinger',
  tags: ['test'],
  path: 'srv/eicar.com',
  layer: 'sha256:layer',
  sizeBytes: 68,
  md5: '44d88612fea8a8f36de82e1278abb02f',
  sha256: '275a',
};

function resultOf(findings: VulnerabilityFinding[], change: Partial<ScanResult> = {}): ScanOutcome {
  return {
    result: {
      riskClasses: ['vulnerabilities', 'secrets', 'malware'],
      reasons: [],
      layers: ['sha256:stored'],
      history: [{ diffId: 'sha256:layer', command: 'COPY . /' }],
      matched: {
        inventory: {
          operatingSystem: { id: 'debian', versionId: '11', name: 'Debian 11' },
          packages: findings.map((finding) => finding.package),
        },
        vulnerabilities: vulnerabilityRows(findings),
        generation: 1n,
      },
      secrets: [],
      malware: [],
      ...change,
    },
  };
}

describe('the lists of registry images', () => {
  let platform: TestPlatform;
  let call: CallAction;
  let ids: Record<string, bigint>;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: start.toString() });
    const tenant = await trialTenant(platform);
    call = actionCaller(platform, tenant);
    const catalogue = await putRegistry(platform, tenant, 'Main');
    ids = {
      ...(await catalogue.put('team/web', { v1: 'sha256:web', v2: 'sha256:new' })),
      ...(await catalogue.put('db_app', { old: 'sha256:db', broken: 'sha256:bad' })),
    };
    const scan = async (tag: string, imageId: string, outcome: ScanOutcome) => {
      const places = [{ id: ids[tag] ?? 0n, imageId }];
      const request = {
        kind: 'plain' as const,
        riskClasses: ['vulnerabilities' as const, 'secrets' as const, 'malware' as const],
        timeoutSeconds: undefined,
        places,
      };
      await platform.database.inTenant(tenant, async (tx) => {
        const key = { task: await createScanTask(tx, tenant, start, request), imageId };
        const begun = await beginScan(tx, tenant, start, key);
        await endScan(tx, tenant, start, key, begun?.run ?? 0, outcome);
      });
    };
    const flaws = [
      vulnerability('CVE-2021-1', 'openssl', { severity: 'critical' }),
      vulnerability('CVE-2021-1', 'libssl', { severity: 'critical', fixedVersions: [] }),
      vulnerability('CVE-2021-2', 'zlib', { severity: 'unknown', fixedVersions: [] }),
      vulnerability('MAL-2024-1', 'evil-100%', { severity: 'critical', malicious: true, fixedVersions: [] }),
    ];
    await scan(
      'v1',
      'sha256:web',
      resultOf(flaws, { secrets: [secret, { ...secret, severity: 'low', line: 9 }], malware: [malware] }),
    );
    await scan(
      'old',
      'sha256:db',
      resultOf([vulnerability('CVE-2021-2', 'zlib')], {
        reasons: [{ code: 'file-too-large', message: 'a.bin is too large' }],
      }),
    );
    await scan('broken', 'sha256:bad', { failure: { code: 'registry-denied', message: 'the registry said no' } });
  });
  afterAll(() => platform.close());

  const names = async (request: Record<string, unknown>) => {
    const { List, TotalCount } = await call('DescribeAssetImageRegistryList', request);
    const tags = (List as { ImageTag: string }[]).map(({ ImageTag }) => ImageTag);
    return { tags, total: TotalCount };
  };
  const filter = (Name: string, Values: string[], ExactMatch?: boolean) => ({
    Filters: [{ Name, Values, ...(ExactMatch !== undefined && { ExactMatch }) }],
  });

  it('show what the catalogue and the scans know', async () => {
    const { List } = await call('DescribeAssetImageRegistryList', filter('ImageTag', ['v1']));
    expect(List).toEqual([
      {
        Id: Number(ids['v1']),
        ImageId: 'sha256:web',
        ImageDigest: 'sha256:manifest-sha256:web',
        ImageRepoAddress: 'registry.test/team/web',
        RegistryType: 'harbor',
        RegistryRegion: '',
        InstanceId: '',
        InstanceName: 'Main',
        Namespace: 'team',
        ImageName: 'web',
        ImageTag: 'v1',
        ImageSize: 1_000,
        ImageCreateTime: '2026-03-01T08:00:00+08:00',
        ScanTime: '2026-03-01T08:00:00+08:00',
        ScanStatus: 'SCANNED',
        CveStatus: 'SCANNED',
        VirusStatus: 'SCANNED',
        RiskStatus: 'SCANNED',
        Progress: 100,
        ScanVulProgress: 100,
        ScanVirusProgress: 100,
        ScanRiskProgress: 100,
        ScanRemainTime: 0,
        ScanVulError: '',
        ScanVirusError: '',
        ScanRiskError: '',
        Reason: '',
        Solution: '',
        VulCnt: 3,
        CriticalLevelVulCnt: 2,
        HighLevelVulCnt: 0,
        MediumLevelVulCnt: 1,
        LowLevelVulCnt: 0,
        VirusCnt: 1,
        RiskCnt: 2,
        SentiveInfoCnt: 2,
        SensitiveInfoCnt: 2,
        ComponentCnt: 4,
        OsName: 'Debian 11',
        IsTrustImage: false,
        IsAuthorized: 1,
        IsLatestImage: false,
        IsRunning: false,
        ContainerCnt: 0,
        HasNeedFixVul: true,
        RecommendedFix: true,
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['nothing', {}, ['broken', 'old', 'v2', 'v1']],
    ['a page', { Offset: 1, Limit: 2 }, ['old', 'v2']],
    ['the newest of each repository', { OnlyShowLatest: true }, ['broken', 'v2']],
    ['images in use', { IsRunning: true }, []],
    ['a part of a name, whatever its case', filter('imagename', ['WEB']), ['v2', 'v1']],
    ['a name with a sign that LIKE knows', filter('ImageName', ['db_']), ['broken', 'old']],
    ['such a sign where no name has it', filter('ImageName', ['w_b']), []],
    ['a whole name without its namespace', filter('ImageName', ['web'], true), ['v2', 'v1']],
    ['a whole name with its namespace', filter('ImageName', ['team/web'], true), ['v2', 'v1']],
    ['half a name as a whole one', filter('ImageName', ['we'], true), []],
    ['an address', filter('ImageRepoAddress', ['registry.test/db_app'], true), ['broken', 'old']],
    ['a namespace', filter('Namespace', ['team']), ['v2', 'v1']],
    ['an image', filter('ImageId', ['sha256:db'], true), ['old']],
    ['those that were never scanned', filter('ScanStatus', ['NOT_SCAN']), ['v2']],
    ['the same in the other lists’ words', filter('ScanStatus', ['notScan', 'scanErr']), ['broken', 'v2']],
    ['a class that was looked for', filter('CveStatus', ['SCANNED']), ['old', 'v1']],
    ['an operating system', filter('OsName', ['debian']), ['old', 'v1']],
    ['authorised ones, which all are', filter('IsAuthorized', ['1']), ['broken', 'old', 'v2', 'v1']],
    ['others', filter('IsAuthorized', ['0']), []],
    [
      'two filters',
      { Filters: [...filter('OsName', ['debian']).Filters, ...filter('ImageTag', ['v']).Filters] },
      ['v1'],
    ],
    ['by count', { By: 'VulCnt', Order: 'desc' }, ['v1', 'old', 'broken', 'v2']],
    ['by count, upwards, a page', { By: 'VulCnt', Order: 'asc', Offset: 2, Limit: 1 }, ['old']],
    ['by name', { By: 'ImageName', Order: 'asc' }, ['old', 'broken', 'v1', 'v2']],
  ])('asked for %s', async (_, request, tags) => {
    const found = await names(request);
    expect(found.tags).toEqual(tags);
    if (request['Offset'] === undefined) expect(found.total).toBe(tags.length);
  });

  it.each([
    [{ Filters: [{ Name: 'Colour', Values: ['red'] }] }, 'InvalidParameter'],
    [{ By: 'Colour' }, 'InvalidParameter'],
    [{ Limit: 101 }, 'InvalidParameterValue.DataRange'],
  ])('%j is refused', async (request, code) => {
    expect(await errorCode(call('DescribeAssetImageRegistryList', request))).toMatch(
      new RegExp(`^${code.split('.')[0]}`),
    );
  });

  it('say why an image has no result, and what a result leaves out', async () => {
    const { List } = await call('DescribeAssetImageRegistryList', filter('ImageName', ['db_app']));
    expect(List).toMatchObject([
      {
        ScanStatus: 'SCAN_ERR',
        ScanVulError: 'the registry said no',
        Reason: 'the registry said no',
        Solution: expect.stringMatching(/password/),
      },
      {
        ScanStatus: 'SCANNED',
        ScanVulError: '',
        Reason: 'incomplete: a.bin is too large',
        Solution: expect.stringMatching(/large/),
      },
    ]);
  });

  it('count images that wait for a first scan', async () => {
    expect(await call('DescribeAssetImageRegistrySummary', {})).toEqual({ UnScannedImageCnt: 2 });
    expect(await call('DescribeAssetImageRegistrySummary', filter('ImageTag', ['v2']))).toEqual({
      UnScannedImageCnt: 1,
    });
  });

  it('open to one image by either id', async () => {
    const byId = await call('DescribeAssetImageRegistryDetail', { Id: Number(ids['v1']) });
    expect(byId).toMatchObject({
      ImageName: 'web',
      VulCnt: 3,
      LayerInfo: JSON.stringify([{ Digest: 'sha256:stored', DiffId: 'sha256:layer', Command: 'COPY . /' }]),
    });
    expect(await call('DescribeAssetImageRegistryDetail', { ImageId: 'sha256:web' })).toEqual(byId);
    expect(await errorCode(call('DescribeAssetImageRegistryDetail', { Id: 4_000_000 }))).toBe('ResourceNotFound');
    expect(await errorCode(call('DescribeAssetImageRegistryDetail', { ImageId: 'sha256:x' }))).toBe('ResourceNotFound');
    expect(await errorCode(call('DescribeAssetImageRegistryDetail', {}))).toBe('MissingParameter');
  });

  const flaws = async (request: Record<string, unknown>) => {
    const { List } = await call('DescribeAssetImageRegistryVulList', { Id: Number(ids['v1']), ...request });
    return (List as { CVEID: string }[]).map(({ CVEID }) => CVEID);
  };

  it.each<[Record<string, unknown>, string[]]>([
    [{}, ['CVE-2021-1', 'MAL-2024-1', 'CVE-2021-2']],
    [{ Offset: 2 }, ['CVE-2021-2']],
    [filter('Level', ['4']), ['CVE-2021-1', 'MAL-2024-1']],
    [filter('Level', ['medium', 'nonsense']), ['CVE-2021-2']],
    [filter('Level', ['nonsense']), []],
    [filter('Name', ['flaw OF z']), ['CVE-2021-2']],
    [filter('Name', ['cve-2021']), ['CVE-2021-1', 'CVE-2021-2']],
    [filter('Component', ['libssl'], true), ['CVE-2021-1']],
    [filter('Component', ['100%']), ['MAL-2024-1']],
    [filter('Component', ['%']), ['MAL-2024-1']],
  ])('of vulnerabilities asked for %j', async (request, found) => {
    expect(await flaws(request)).toEqual(found);
  });

  it('of vulnerabilities have one row for each, with all packages that have it', async () => {
    const ImageInfo = { InstanceName: 'Main', Namespace: 'team', ImageName: 'web', ImageTag: 'v1', Force: '' };
    const { List, TotalCount } = await call('DescribeAssetImageRegistryVulList', { ImageInfo });
    expect(TotalCount).toBe(3);
    expect((List as object[])[0]).toMatchObject({
      CVEID: 'CVE-2021-1',
      Components: [{ Name: 'openssl' }, { Name: 'libssl' }],
      LayerInfos: [{ LayerId: 'sha256:layer', LayerCmd: 'COPY . /' }],
    });
    expect(
      await errorCode(call('DescribeAssetImageRegistryVulList', { ImageInfo: { ...ImageInfo, ImageTag: 'v9' } })),
    ).toBe('ResourceNotFound');
    expect(await errorCode(call('DescribeAssetImageRegistryVulList', {}))).toBe('MissingParameter');
  });

  it('of sensitive data are masked and say what to do', async () => {
    const { List, TotalCount } = await call('DescribeAssetImageRegistryRiskInfoList', {
      Id: Number(ids['v1']),
      By: 'Level',
      Order: 'asc',
    });
    expect(TotalCount).toBe(2);
    expect(List).toMatchObject([
      { Type: 1, Behavior: 1, Level: '1' },
      {
        Type: 1,
        Level: '4',
        Desc: 'GitHub token (github-token) in /srv/.env:3: ghp_****',
        InstructionContent: expect.stringMatching(/later layer hides/),
      },
    ]);
  });

  it('of malware name file, rule and author', async () => {
    expect(
      await call('DescribeAssetImageRegistryVirusList', { Id: Number(ids['v1']), ...filter('Path', ['/srv/EICAR']) }),
    ).toEqual({
      TotalCount: 1,
      List: [
        {
          Path: '/srv/eicar.com',
          RiskLevel: '1',
          Category: 'test-file',
          VirusName: 'eicar',
          Tags: ['test'],
          Desc: 'EICAR test file. Rule eicar by Wharfinger; layer sha256:layer; SHA-256 275a',
          Solution: expect.any(String),
          FileType: 'com',
          FileName: 'eicar.com',
          FileMd5: '44d88612fea8a8f36de82e1278abb02f',
          FileSize: 68,
          FirstScanTime: '2026-03-01T08:00:00+08:00',
          LatestScanTime: '2026-03-01T08:00:00+08:00',
        },
      ],
    });
  });

  it('of the images that have a vulnerability', async () => {
    const { List, TotalCount } = await call('DescribeVulRegistryImageList', { PocID: 'CVE-2021-2' });
    expect(TotalCount).toBe(2);
    expect(List).toMatchObject([
      { ImageName: 'web', ImageTag: 'v1', ComponentList: [{ Name: 'zlib', FixedVersion: '' }] },
      { ImageName: 'db_app', ImageTag: 'old', ComponentList: [{ Name: 'zlib', FixedVersion: '1.1' }] },
    ]);
    const newest = await call('DescribeVulRegistryImageList', {
      PocID: 'CVE-2021-2',
      ...filter('OnlyAffectedNewestImage', ['true']),
    });
    expect(newest).toEqual({ TotalCount: 0, List: [] });
    expect(await call('DescribeVulRegistryImageList', { PocID: 'CVE-2000-0' })).toEqual({ TotalCount: 0, List: [] });
  });

  it('show nothing of it to another tenant', async () => {
    const other = actionCaller(platform, await trialTenant(platform));
    expect(await other('DescribeAssetImageRegistryList', {})).toEqual({ List: [], TotalCount: 0 });
    for (const list of ['Vul', 'Virus', 'RiskInfo']) {
      const work = other(`DescribeAssetImageRegistry${list}List`, { Id: Number(ids['v1']) });
      expect(await errorCode(work)).toBe('ResourceNotFound');
    }
    expect(await other('DescribeVulRegistryImageList', { PocID: 'CVE-2021-2' })).toEqual({ TotalCount: 0, List: [] });
  });
});
