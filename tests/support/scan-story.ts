/** Steps that stories of scans have in common, through the official SDK. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_client.js';
import { callSigned } from '../../server/src/cli/service-call.ts';
import type { BuiltImage } from './images/index.ts';
import { tcssClient, type AccountKey } from './official-sdk.ts';
import { pushImage, type PushTarget } from './push-image.ts';
import type { RunningService } from './running-service.ts';

const pollMs = 100;
const patienceMs = 120_000;
let customers = 0;

/** A verified account whose trial is open. */
export async function newCustomer(service: RunningService): Promise<{ account: AccountKey; client: Client }> {
  customers += 1;
  const email = `customer-${customers}@example.com`;
  const account = service.command('account', 'create', '--email', email, '--verified') as AccountKey;
  const client = tcssClient(service.url, account);
  await client.OpenTcssTrial(null);
  return { account, client };
}

/** Pushes an image that was built in memory. */
export async function pushBuilt(target: PushTarget, repository: string, tag: string, image: BuiltImage): Promise<void> {
  const config = JSON.parse(Buffer.from(image.config.bytes).toString()) as Record<string, unknown>;
  const layers = image.layers.map(({ bytes }) => Buffer.from(bytes));
  await pushImage(target, { repository, tag, layers, config, format: 'oci' });
}

/** Connects a registry and waits until its catalogue has been read. */
export async function connectRegistry(client: Client, url: string, name = 'ours'): Promise<number> {
  const added = await client.AddAssetImageRegistryRegistryDetail({
    Name: name,
    Username: '',
    Password: '',
    Url: url,
    RegistryType: 'harbor',
    NetType: 'public',
  });
  if (added.HealthCheckErr || added.NameRepeatErr) throw new Error(`${added.HealthCheckErr} ${added.NameRepeatErr}`);
  await synced(client);
  return Number(added.RegistryId);
}

/** Waits until no sync runs; gives its outcome. */
export async function synced(client: Client): Promise<string> {
  return eventually('the sync', async () => {
    const { Status } = await client.DescribeAssetImageRegistryAssetStatus(null);
    return Status === 'doing' ? undefined : Status;
  });
}

/** Starts a one-click scan of everything and waits until each image has ended. */
export async function scanEverything(client: Client): Promise<number> {
  const { TaskID } = await client.CreateAssetImageRegistryScanTaskOneKey({
    ScanScope: 0,
    ScanType: ['CVE', 'VIRUS', 'RISK'],
  });
  await scanned(client, Number(TaskID));
  return Number(TaskID);
}

export function scanned(client: Client, TaskID: number): Promise<true> {
  return eventually(`scan ${TaskID}`, async () => {
    const { Schedule } = await client.DescribeAssetImageRegistryScanStatusOneKey({ TaskID });
    return Schedule === 100 ? true : undefined;
  });
}

/** The images of all registries by `namespace/name:tag`. */
export async function imagesByName(client: Client) {
  const { List } = await client.DescribeAssetImageRegistryList({ Limit: 100 });
  return new Map((List ?? []).map((image) => [`${image.Namespace}/${image.ImageName}:${image.ImageTag}`, image]));
}

/** All vulnerabilities of an image as `CVE component version`, each once, sorted. */
export async function vulnerabilitiesOf(client: Client, Id: number): Promise<string[]> {
  const found = new Set<string>();
  for (let Offset = 0; ; Offset += 100) {
    const { List = [] } = await client.DescribeAssetImageRegistryVulList({ Id, Limit: 100, Offset });
    for (const { CVEID, Components } of List) {
      for (const { Name, Version } of Components ?? []) found.add(`${CVEID} ${Name} ${Version}`);
    }
    if (List.length < 100) return [...found].toSorted();
  }
}

/** Asks until there is an answer; throws when it takes too long. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pollMs);
  }
  throw new Error(`${what} did not end within ${patienceMs / 1000} s`);
}

/** The exact scan quota and each scan's cost, from our own action. */
export function scanUsage(service: RunningService, account: AccountKey, page: Record<string, unknown> = {}) {
  const call = { action: 'DescribeImageScanUsage', version: '2026-11-01', parameters: page };
  return callSigned(new URL(service.url), account, call);
}
