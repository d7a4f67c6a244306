import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callSigned } from '../server/src/cli/service-call.ts';
import { fakeImage, honestHandler, startFakeRegistry } from './support/fake-registry.ts';
import { debianRoot, tarArchive } from './support/images/index.ts';
import { billingClient, codeOf, tcssClient, type AccountKey } from './support/official-sdk.ts';
import { startService, type RunningService } from './support/running-service.ts';
import { connectRegistry, eventually, scanEverything } from './support/scan-story.ts';

/** Debian with an openssl that is vulnerable by the starter set; the text makes images different from each other. */
function image(text: string) {
  const entries = [
    ...debianRoot('11', [{ name: 'openssl', version: '1.1.1k-1' }]),
    { path: 'srv/text', content: text },
  ];
  return fakeImage(Buffer.from(tarArchive(entries)));
}

const reportSchema = z.object({
  Ended: z.string(),
  Status: z.string(),
  InstanceId: z.string(),
  EndTime: z.string(),
  FinishTime: z.string(),
  Deleted: z.int(),
  Lines: z.array(z.object({ Domain: z.string(), Kind: z.string(), Deleted: z.int() })),
});

const exportSchema = z.object({
  Status: z.string(),
  SizeBytes: z.int(),
  Sha256: z.string(),
  Files: z.array(z.object({ Name: z.string(), Rows: z.int() })),
});

describe('what a customer leaves behind', () => {
  let service: RunningService;
  let registry: Awaited<ReturnType<typeof startFakeRegistry>>;
  beforeAll(async () => {
    registry = await startFakeRegistry(
      honestHandler({ 'team/app:1': image('one'), 'team/app:2': image('two'), 'team/web:1': image('three') }),
    );
    service = await startService({
      WHARFINGER_TEST_CLOCK: '2026-03-01T10:00:00+08:00',
      WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8',
    });
  });
  afterAll(async () => {
    await service.remove();
    await registry.stop();
  });

  const advance = (to: string) => service.command('clock', 'advance', '--to', `${to}+08:00`);
  let customers = 0;
  const newCustomer = (yuan?: string) => {
    const email = `customer-${++customers}@example.com`;
    const key = service.command('account', 'create', '--email', email, '--verified') as AccountKey;
    if (yuan) service.command('account', 'top-up', '--account', key.accountId, '--amount', yuan);
    const own = async (action: string, parameters: Record<string, unknown> = {}) =>
      callSigned(new URL(service.url), key, { action, version: '2026-11-01', parameters });
    return {
      key,
      own,
      tcss: tcssClient(service.url, key),
      billing: billingClient(service.url, key),
      async buy(SubProductCode: string, parameter: object, months?: number) {
        const { InstanceIdList } = await billingClient(service.url, key).CreateInstance({
          ClientToken: `${email}-${SubProductCode}-${months}`,
          ProductCode: 'p_tcss',
          SubProductCode,
          RegionCode: 'ap-guangzhou',
          ZoneCode: 'ap-guangzhou-1',
          PayMode: 'PrePay',
          Quantity: 1,
          Parameter: JSON.stringify(parameter),
          ...(months !== undefined && { Period: months, PeriodUnit: 'm' }),
        });
        return InstanceIdList?.[0] ?? '';
      },
      /** Connects the registry and scans its three images. */
      use: async () => {
        const client = tcssClient(service.url, key);
        await connectRegistry(client, registry.url);
        await scanEverything(client);
      },
      reports: async () => z.array(reportSchema).parse((await own('DescribeDeletionReports'))['List']),
      async export() {
        const { JobId } = await own('CreateExportJob');
        return eventually('the export', async () => {
          const [job] = z.array(exportSchema).parse((await own('DescribeExportJobs'))['List']);
          return job && job.Status !== 'MAKING' ? { ...job, JobId } : undefined;
        });
      },
    };
  };
  const counts = (lines: z.infer<typeof reportSchema>['Lines']) =>
    Object.fromEntries(lines.filter(({ Deleted }) => Deleted > 0).map(({ Kind, Deleted }) => [Kind, Deleted]));

  it('of a trial: can be exported before, is locked at the end, and is deleted a day later, counted', async () => {
    const [leaves, stays] = [newCustomer(), newCustomer('1000.00')];
    for (const { tcss, use } of [leaves, stays]) {
      await tcss.OpenTcssTrial(null);
      await use();
    }
    // Two days before the end people are told to.
    advance('2026-03-06T10:00:00');
    const archive = await leaves.export();
    const rows = Object.fromEntries(archive.Files.map(({ Name, Rows }) => [Name.replace('.ndjson', ''), Rows]));
    expect(archive.Status).toBe('DONE');
    expect(rows).toMatchObject({
      account: 1,
      trial: 1,
      registries: 1,
      'registry-images': 3,
      'scan-tasks': 1,
      'scan-task-images': 3,
      results: 3,
      'quota-uses': 3,
    });
    // Two of openssl in each.
    expect(rows['vulnerabilities']).toBe(6);

    advance('2026-03-08T10:00:00');
    expect(await codeOf(leaves.tcss.DescribeAssetImageRegistryList({}))).toBe('FailedOperation.TrialEnded');
    expect(await codeOf(leaves.own('CreateExportJob'))).toBe('FailedOperation.TrialEnded');
    const { Content, NextOffset } = await leaves.own('DownloadExport', { JobId: archive.JobId });
    expect(NextOffset).toBe(archive.SizeBytes);
    expect(
      createHash('sha256')
        .update(Buffer.from(String(Content), 'base64'))
        .digest('hex'),
    ).toBe(archive.Sha256);

    advance('2026-03-09T09:59:59');
    expect(await leaves.reports()).toEqual([]);
    await stays.buy('sp_tcss_professional', { cores: 1 }, 3);
    advance('2026-03-09T10:00:00');
    const [report] = await leaves.reports();
    expect(report).toMatchObject({
      Ended: 'trial',
      Status: 'DONE',
      EndTime: '2026-03-09 10:00:00',
      FinishTime: '2026-03-09 10:00:00',
    });
    expect(counts(report?.Lines ?? [])).toMatchObject({
      registries: 1,
      'registry-images': 3,
      tasks: 1,
      'task-images': 3,
      results: 3,
      vulnerabilities: 6,
      'quota-uses': 3,
      'quota-periods': 1,
    });
    expect(await codeOf(leaves.own('DownloadExport', { JobId: archive.JobId }))).toBe('ResourceNotFound');
    expect(await stays.reports()).toEqual([]);
    expect(await stays.tcss.DescribeAssetImageRegistryList({})).toMatchObject({ TotalCount: 3 });
    await eventually('the removal of the archive', async () => {
      const files = readdirSync(join(service.home, 'exports'), { recursive: true }).filter((name) =>
        String(name).endsWith('.zip'),
      );
      return Promise.resolve(files.length === 0 ? true : undefined);
    });
  });

  it('of an edition and image scan: goes six days after the end, each part with its own; what is bought anew is empty', async () => {
    const customer = newCustomer('10000.00');
    const professional = await customer.buy('sp_tcss_professional', { cores: 1 }, 12);
    const scan = await customer.buy('sp_tcss_image_scan', { scansPerMonth: 300 }, 1);
    await customer.use();
    // A month later image scan ends alone.
    advance('2026-04-15T09:59:59');
    expect(await customer.reports()).toEqual([]);
    expect(await customer.own('DescribeImageScanUsage')).toMatchObject({ Capacity: '0' });
    advance('2026-04-15T10:00:00');
    const [ofScan] = await customer.reports();
    expect(ofScan).toMatchObject({ Ended: 'image-scan', InstanceId: scan, EndTime: '2026-04-15 10:00:00' });
    expect(counts(ofScan?.Lines ?? [])).toMatchObject({ results: 3, 'task-images': 3, 'quota-uses': 3 });
    const { List = [] } = await customer.tcss.DescribeAssetImageRegistryList({});
    expect(List.map(({ ScanStatus }) => ScanStatus)).toEqual(['NOT_SCAN', 'NOT_SCAN', 'NOT_SCAN']);

    advance('2027-03-15T10:00:00');
    const [ofEdition] = await customer.reports();
    expect(ofEdition).toMatchObject({ Ended: 'professional', InstanceId: professional, Status: 'DONE' });
    expect(counts(ofEdition?.Lines ?? [])).toEqual({ registries: 1, 'registry-images': 3 });
    expect(await codeOf(customer.tcss.DescribeAssetImageRegistryList({}))).toBe('FailedOperation.EditionEnded');

    await customer.buy('sp_tcss_professional', { cores: 1 }, 3);
    expect(await customer.tcss.DescribeAssetImageRegistryList({})).toMatchObject({ TotalCount: 0 });
    expect(
      (
        await customer.billing.DescribeDealsByCond({
          StartTime: '2026-01-01 00:00:00',
          EndTime: '2027-12-31 00:00:00',
          Limit: 10,
        })
      ).TotalCount,
    ).toBe(3);
  });
});
