import { parseOsvRecord, type LocatedPackage } from '@wharfinger/scanner';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionCaller } from '../../../tests/support/call-action.ts';
import { putRegistry } from '../../../tests/support/catalogue.ts';
import { testPlatform, type TestPlatform } from '../../../tests/support/test-database.ts';
import { trialTenant } from '../../../tests/support/trial-tenant.ts';
import { importStarterSet } from '../advisories/index.ts';
import { keepFlaws } from '../advisories/flaw-store.ts';
import { keepRecords } from '../advisories/store.ts';
import { startJobRunner } from '../platform/jobs/index.ts';
import { createScanTask } from './create-task.ts';
import { rematch } from './jobs/rematch.ts';
import { matchStored } from './match-stored.ts';
import { beginScan, endScan } from './scan-life.ts';
import { enqueueRematches, startRematching } from './start-rematching.ts';

const start = Temporal.Instant.from('2026-03-01T00:00:00Z');
const leftPad: LocatedPackage = {
  kind: 'npm',
  name: 'left-pad-of-ours',
  version: '1.0.0',
  path: 'app/node_modules/left-pad-of-ours/package.json',
  layer: 'sha256:layer',
};

function advisory(fixed: string, modified: string, more: Record<string, unknown> = {}) {
  const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed }] }];
  return parseOsvRecord({
    id: 'GHSA-aaaa-bbbb-cccc',
    modified,
    aliases: ['CVE-2026-1'],
    summary: 'left-pad pads to the right',
    affected: [{ package: { ecosystem: 'npm', name: leftPad.name }, ranges }],
    ...more,
  });
}

describe('new advisories', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await testPlatform({ testClock: start.toString() });
    await importStarterSet(platform);
  });
  afterAll(() => platform.close());

  const learn = (record: ReturnType<typeof advisory>) =>
    platform.database.inSystem('test', (tx) => keepRecords(tx, [record], 'spec', start));

  /** A tenant whose one image holds the package. */
  async function scannedTenant() {
    const tenant = await trialTenant(platform);
    const catalogue = await putRegistry(platform, tenant);
    const { v1 = 0n } = await catalogue.put('team/app', { v1: 'sha256:app' });
    const matched = await matchStored(platform.database, tenant, { packages: [leftPad] });
    await platform.database.inTenant(tenant, async (tx) => {
      const places = [{ id: v1, imageId: 'sha256:app' }];
      const riskClasses = ['vulnerabilities' as const];
      const request = { kind: 'plain' as const, riskClasses, timeoutSeconds: undefined, places };
      const key = { task: await createScanTask(tx, tenant, start, request), imageId: 'sha256:app' };
      const begun = await beginScan(tx, tenant, start, key);
      const result = { riskClasses, reasons: [], layers: [], history: [], matched, secrets: [], malware: [] };
      await endScan(tx, tenant, start, key, begun?.run ?? 0, { result });
    });
    const call = actionCaller(platform, tenant);
    return {
      tenant,
      match: () => rematch.run({ platform, tenant, signal: new AbortController().signal }, {}),
      used: async () => (await call('DescribeImageScanUsage', {}))['Used'],
      riskImages: async () => {
        const { NamespaceDetail } = await call('DescribeImageRegistryNamespaceList', {});
        return (NamespaceDetail as { RiskImageCnt: number }[])[0]?.RiskImageCnt;
      },
      async rows() {
        return (await call('DescribeAssetImageRegistryVulList', { Id: Number(v1) }))['List'];
      },
      async found() {
        const { List, TotalCount } = await call('DescribeAssetImageRegistryVulList', { Id: Number(v1) });
        const image = await call('DescribeAssetImageRegistryDetail', { Id: Number(v1) });
        expect(image['VulCnt']).toBe(TotalCount);
        return (List as Record<string, unknown>[]).map(
          (row) => `${String(row['CVEID'])} ${String(row['FixedVersions'])}`,
        );
      },
    };
  }

  it('are found in stored inventories, without a scan and for nothing; so are changed and withdrawn ones', async () => {
    const one = await scannedTenant();
    expect(await one.found()).toEqual([]);
    expect(await one.riskImages()).toBe(0);
    await learn(advisory('1.1.0', '2026-01-01T00:00:00Z'));
    await one.match();
    expect(await one.found()).toEqual(['CVE-2026-1 1.1.0']);
    expect(await one.riskImages()).toBe(1);
    await learn(advisory('1.2.0', '2026-01-02T00:00:00Z'));
    await one.match();
    expect(await one.found()).toEqual(['CVE-2026-1 1.2.0']);
    await learn(advisory('1.2.0', '2026-01-03T00:00:00Z', { withdrawn: '2026-01-03T00:00:00Z' }));
    await one.match();
    await one.match();
    expect(await one.found()).toEqual([]);
    expect(await one.riskImages()).toBe(0);
    expect(await one.used()).toBe('1');
  });

  it('bring what is known of flaws to stored findings: use in attacks, likelihood, and CVSS where no advisory has it', async () => {
    await learn(advisory('1.2.1', '2026-01-03T12:00:00Z'));
    const one = await scannedTenant();
    expect(await one.rows()).toMatchObject([{ Tag: ['CanBeFixed'], IsSuggest: '0', CvssScore: '' }]);
    const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
    await platform.database.inSystem('test', (tx) =>
      keepFlaws(
        tx,
        [
          { cve: 'CVE-2026-1', exploited: { since: '2026-02-03' } },
          { cve: 'CVE-2026-1', proofOfConcept: true, epss: { score: 0.25, percentile: 0.75 }, cvss: [vector] },
        ],
        'kev',
        start,
      ),
    );
    expect(await enqueueRematches(platform)).toBeGreaterThanOrEqual(1);
    await one.match();
    expect(await one.rows()).toMatchObject([
      {
        Tag: ['CanBeFixed', 'DynamicLevelPoc', 'DynamicLevelExp'],
        IsSuggest: '1',
        Level: '4',
        CvssScore: '9.8',
        CvssVector: vector,
      },
    ]);
    const kept = await platform.database.inTenant(one.tenant, (tx) =>
      sql`select exploited_since, epss_score, epss_percentile from image_vulnerabilities`.execute(tx),
    );
    expect(kept.rows).toEqual([{ exploited_since: '2026-02-03', epss_score: 0.25, epss_percentile: 0.75 }]);
  });

  it('are looked for by every tenant with an older result, until it is matched', async () => {
    const tenants = [await scannedTenant(), await scannedTenant()];
    for (const { match } of tenants) await match();
    await learn(advisory('1.3.0', '2026-01-04T00:00:00Z'));
    const all = await enqueueRematches(platform);
    expect(all).toBeGreaterThanOrEqual(2);
    await tenants[0]?.match();
    expect(await enqueueRematches(platform)).toBe(all - 1);
  });

  it('are noticed by a service that runs', async () => {
    const one = await scannedTenant();
    const runner = await startJobRunner(platform, { jobs: [rematch], concurrency: 1 });
    const stop = startRematching(platform);
    try {
      await learn(advisory('1.4.0', '2026-01-05T00:00:00Z'));
      while ((await one.found())[0] !== 'CVE-2026-1 1.4.0') await new Promise((done) => setTimeout(done, 50));
    } finally {
      await stop();
      await runner.stop();
    }
  });
});
