/**
 * `wharfinger demo`: the service with a sample tenant, a small registry and a real scan to look at. Everything is made
 * in a folder of its own, which goes when the demo stops, and through the API, as a customer would.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readConfig } from '../platform/config.ts';
import { removeHome } from '../platform/database/index.ts';
import { createLogger } from '../platform/log.ts';
import { startDemoRegistry } from '../service/demo/index.ts';
import { parseRoles } from '../service/roles.ts';
import { startService } from '../service/start-service.ts';
import type { Command, CommandIo } from './command.ts';
import { callOperatorAction } from './operator.ts';
import { callSigned, type SigningKeyPair } from './service-call.ts';
import { stopSignal } from './stop-signal.ts';

const pollMs = 200;

export const demo: Command = {
  usage: `usage: wharfinger demo [--exit]
       Starts the service on PORT (8080) with a sample tenant, scans an image from a small registry, and tells what to look
       at. Nothing of it is kept. --exit stops when the scan has been shown.`,
  async run(argv, io) {
    const { values } = parseArgs({ args: argv, options: { exit: { type: 'boolean', default: false } } });
    const home = await mkdtemp(join(tmpdir(), 'wharfinger-demo-'));
    try {
      await runDemo({ ...io, env: { ...io.env, WHARFINGER_HOME: home } }, values.exit);
    } finally {
      await removeHome(home);
    }
    return 0;
  },
};

async function runDemo(io: CommandIo, exit: boolean): Promise<void> {
  const config = readConfig({ WHARFINGER_LOG_LEVEL: 'warn', ...io.env, WHARFINGER_ALLOWED_NETWORKS: '127.0.0.0/8' });
  const step = (text: string) => io.stderr.write(`${text}\n`);
  step('starting the service …');
  const service = await startService(config, parseRoles(undefined), createLogger(config.logLevel));
  const registry = await startDemoRegistry();
  try {
    const key = accountKey.parse(
      await callOperatorAction(io, 'CreateAccount', { Email: 'demo@example.com', Verified: true }),
    );
    const customer = asCustomer(new URL(service.url ?? ''), { secretId: key.SecretId, secretKey: key.SecretKey });
    step('opening the free trial …');
    await customer.tcss('OpenTcssTrial', {});
    step(`connecting the registry ${registry.url} …`);
    await connectRegistry(customer, registry.url);
    step('scanning its images with one click …');
    await scanAll(customer);
    step('scanning them again …');
    await scanAll(customer);
    io.stdout.write(await tellResults(customer));
    io.stdout.write(tellWhereToLook(service.url ?? '', key));
    if (!exit) await stopSignal();
  } finally {
    await registry.stop();
    await service.stop();
  }
}

const accountKey = z.object({ Uin: z.string(), SecretId: z.string(), SecretKey: z.string() });

interface Customer {
  readonly tcss: (action: string, parameters: Record<string, unknown>) => Promise<Record<string, unknown>>;
  readonly own: (action: string, parameters: Record<string, unknown>) => Promise<Record<string, unknown>>;
}

function asCustomer(url: URL, key: SigningKeyPair): Customer {
  const call = (version: string) => (action: string, parameters: Record<string, unknown>) =>
    callSigned(url, key, { action, version, parameters });
  return { tcss: call('2020-11-01'), own: call('2026-11-01') };
}

async function connectRegistry({ tcss }: Customer, url: string): Promise<void> {
  const added = z.object({ HealthCheckErr: z.string(), RegistryId: z.number() }).parse(
    await tcss('AddAssetImageRegistryRegistryDetail', {
      Name: 'demo registry',
      Username: '',
      Password: '',
      Url: url,
      RegistryType: 'harbor',
      NetType: 'public',
    }),
  );
  if (added.HealthCheckErr !== '') throw new Error(`the demo's registry does not answer: ${added.HealthCheckErr}`);
  const state = z.object({ Status: z.string(), Err: z.string() });
  for (;;) {
    const { Status, Err } = state.parse(await tcss('DescribeAssetImageRegistryAssetStatus', {}));
    if (Status === 'success') return;
    if (Status === 'failed') throw new Error(`reading the demo's registry failed: ${Err}`);
    await sleep(pollMs);
  }
}

async function scanAll({ tcss }: Customer): Promise<void> {
  const { TaskID } = z
    .object({ TaskID: z.number() })
    .parse(await tcss('CreateAssetImageRegistryScanTaskOneKey', { ScanType: ['CVE', 'VIRUS', 'RISK'], ScanScope: 0 }));
  const progress = z.object({ Schedule: z.number(), Status: z.string() });
  for (;;) {
    const { Schedule } = progress.parse(await tcss('DescribeAssetImageRegistryScanStatusOneKey', { TaskID }));
    if (Schedule === 100) return;
    await sleep(pollMs);
  }
}

const imageRows = z.object({
  List: z.array(
    z.object({
      Id: z.number(),
      Namespace: z.string(),
      ImageName: z.string(),
      ImageTag: z.string(),
      OsName: z.string(),
      ScanStatus: z.string(),
      VulCnt: z.number(),
      VirusCnt: z.number(),
      RiskCnt: z.number(),
      SensitiveInfoCnt: z.number(),
    }),
  ),
});
const vulnerabilityRows = z.object({
  List: z.array(
    z.object({
      CVEID: z.string(),
      Level: z.string(),
      Component: z.string(),
      Version: z.string(),
      FixedVersions: z.string(),
      Name: z.string(),
    }),
  ),
  TotalCount: z.number(),
});
const virusRows = z.object({ List: z.array(z.object({ Path: z.string(), VirusName: z.string() })) });
const riskRows = z.object({ List: z.array(z.object({ Desc: z.string() })) });
const usage = z.object({ Capacity: z.string(), Used: z.string(), Remaining: z.string() });

/** The same lists that an SDK reads. */
async function tellResults({ tcss, own }: Customer): Promise<string> {
  const levels: Record<string, string> = { 4: 'critical', 3: 'high', 2: 'medium', 1: 'low' };
  const lines: string[] = [];
  const { List: images } = imageRows.parse(await tcss('DescribeAssetImageRegistryList', {}));
  for (const image of images) {
    const counts = `${image.VulCnt} vulnerabilities, ${image.VirusCnt} malware, ${image.SensitiveInfoCnt} sensitive data`;
    lines.push('', `${image.Namespace}/${image.ImageName}:${image.ImageTag}  ${image.OsName}  ${counts}`);
    const found = vulnerabilityRows.parse(await tcss('DescribeAssetImageRegistryVulList', { Id: image.Id, Limit: 8 }));
    for (const row of found.List) {
      const fix = row.FixedVersions === '' ? 'no fix known' : `fixed in ${row.FixedVersions}`;
      lines.push(
        `  ${(levels[row.Level] ?? '').padEnd(8)}  ${row.CVEID.padEnd(16)}  ${row.Component} ${row.Version}, ${fix}`,
      );
    }
    if (found.TotalCount > found.List.length) lines.push(`  … and ${found.TotalCount - found.List.length} more`);
    const malware = virusRows.parse(await tcss('DescribeAssetImageRegistryVirusList', { Id: image.Id }));
    for (const row of malware.List) lines.push(`  malware   ${row.VirusName}  ${row.Path}`);
    const risks = riskRows.parse(await tcss('DescribeAssetImageRegistryRiskInfoList', { Id: image.Id }));
    for (const row of risks.List) lines.push(`  secret    ${row.Desc}`);
  }
  const quota = usage.parse(await own('DescribeImageScanUsage', {}));
  lines.push(
    '',
    `scan quota: ${quota.Used} of ${quota.Capacity} used (1 for the first scan of an image, 0.1 for a repeat)`,
    '',
  );
  return lines.map((line) => `${line}\n`).join('');
}

function tellWhereToLook(url: string, key: z.infer<typeof accountKey>): string {
  return `Look at it yourself, until you stop this with Ctrl-C:
  the API        ${url}, described in ${url}/openapi.json
  an account     ${key.Uin}
  its key        SecretId ${key.SecretId}
                 SecretKey ${key.SecretKey}
  with tccli     tccli tcss DescribeAssetImageRegistryList --endpoint ${url} --region ap-guangzhou \\
                   --secretId ${key.SecretId} --secretKey ${key.SecretKey}
  without server npm run -s wharfinger -- scan <archive, folder or image>
`;
}
