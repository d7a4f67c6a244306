/** A customer who has used everything: each table of what a tenant uses has rows of it. Written without a registry or a scanner. */
import type { LayerIndex, RiskClass } from '@wharfinger/scanner';
import { recordSample } from '../../server/src/metering/index.ts';
import type { AppTransaction } from '../../server/src/platform/database/index.ts';
import type { Job } from '../../server/src/platform/jobs/index.ts';
import { createScanTask } from '../../server/src/scanning/create-task.ts';
import { tenantLayerCache } from '../../server/src/scanning/layer-cache.ts';
import type { ScanResult } from '../../server/src/scanning/result-store.ts';
import { beginScan, endScan } from '../../server/src/scanning/scan-life.ts';
import type { VulnerabilityRow } from '../../server/src/scanning/vulnerability-rows.ts';
import { recordEnvironmentCores } from '../../server/src/subscriptions/index.ts';
import { putRegistry } from './catalogue.ts';
import type { Market } from './commercial-tenant.ts';
import { someMalware, someSecret } from './findings.ts';

const riskClasses: RiskClass[] = ['vulnerabilities', 'malware', 'secrets'];

/** Jobs that run beside it: none that scans itself. */
export function notScanning({ name }: Pick<Job, 'name'>): boolean {
  return !name.startsWith('scanning.');
}

/** What {@link useEverything} leaves for `images` images, by domain and kind, as a deletion counts it. */
export function usedRows(images: number) {
  return {
    scanning: {
      vulnerabilities: 2 * images,
      'sensitive-data': images,
      malware: images,
      results: images,
      // The two vulnerabilities are the same in all images.
      'vulnerability-texts': 2,
      'scan-states': images,
      'task-places': images,
      'task-images': images,
      tasks: 1,
      'layer-indexes': images,
    },
    assets: { 'registry-images': images, registries: 1 },
    metering: { 'quota-uses': images, 'quota-periods': 1, 'counted-cores': 1 },
    environment: { 'environment-cores': 1 },
  };
}

/** Connects a registry with so many images and scans all of them; needs something that gives image scans. */
export async function useEverything(market: Market, tenant: bigint, images: number, name = 'registry'): Promise<void> {
  const { database, clock } = market;
  const inTenant = <T>(work: (tx: AppTransaction) => Promise<T>) => database.inTenant(tenant, work);
  const now = await inTenant((tx) => clock.now(tx));
  const catalogue = await putRegistry(market, tenant, name);
  const imageIds = Array.from({ length: images }, (_, index) => `sha256:${name}-${index}`);
  const tags = Object.fromEntries(imageIds.map((imageId, index) => [`tag-${index}`, imageId]));
  const places = await catalogue.put('team/app', tags);
  const task = await inTenant((tx) =>
    createScanTask(tx, tenant, now, {
      kind: 'plain',
      riskClasses,
      timeoutSeconds: undefined,
      places: Object.entries(tags).map(([tag, imageId]) => ({ id: places[tag] ?? 0n, imageId })),
    }),
  );
  for (const imageId of imageIds) {
    const key = { task, imageId };
    const begun = await inTenant((tx) => beginScan(tx, tenant, now, key));
    if (!begun) throw new Error(`the scan of ${imageId} did not begin`);
    const index = {
      layer: `${imageId}-layer`,
      origin: 'pulled',
      indexer: '1',
      rules: '1',
      riskClasses: 'all',
    } as const;
    await tenantLayerCache(database, tenant, key, begun.run).put(index, emptyLayer);
    await inTenant((tx) => endScan(tx, tenant, now, key, begun.run, { result: resultOf(`${imageId}-layer`) }));
  }
  await inTenant(async (tx) => {
    // None, so that months can pass without a sample for each hour.
    await recordSample(tx, tenant, { from: now, cores: 0n, source: { by: 'test' } });
    await recordEnvironmentCores(tx, tenant, { at: now, cores: 24n });
  });
}

const emptyLayer: LayerIndex = {
  diffId: 'sha256:0',
  files: [],
  paths: '',
  links: [],
  removed: [],
  opaque: [],
  entryCount: 0,
  uncompressedBytes: 0,
  incomplete: [],
};

function resultOf(layer: string): ScanResult {
  return {
    riskClasses,
    reasons: [],
    layers: [layer],
    history: [],
    matched: {
      inventory: { packages: [] },
      vulnerabilities: [vulnerability('CVE-2021-3711'), vulnerability('CVE-2021-4034')],
      generation: 1n,
    },
    secrets: [someSecret],
    malware: [someMalware],
  };
}

function vulnerability(id: string): VulnerabilityRow {
  return {
    id,
    title: id,
    level: 4,
    cvssScore: '9.8',
    cvssVector: '',
    malicious: false,
    fixable: true,
    exploited: true,
    exploitedSince: '2021-11-03',
    proofOfConcept: true,
    epss: { score: 0.5, percentile: 0.9 },
    components: [],
    text: { digest: id, details: 'what it is', published: '', advisories: [id], otherIds: [], links: [] },
  };
}
