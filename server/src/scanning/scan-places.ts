/** The work of a scan: from an image in a registry to a result, or to the reason why there is none. */
import { assembleInventory, indexImage, openRegistryImage, ScanError, secretRulesOf } from '@wharfinger/scanner';
import { openRegistryOf } from '../assets/index.ts';
import { ActionError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Place } from './catalogue.ts';
import { layerCommands } from './layer-commands.ts';
import { tenantLayerCache } from './layer-cache.ts';
import { matchStored } from './match-stored.ts';
import { whyNoResult, type Failure } from './reasons.ts';
import type { ScanResult } from './result-store.ts';
import type { BegunScan, ScanOutcome } from './scan-life.ts';
import { scanSandbox } from './scan-sandbox.ts';
import type { TaskImageKey } from './task-store.ts';
import type { RunWatch } from './watch-run.ts';

/** Of an image with several platforms this one is scanned. Source: product rules, 4. */
const platformToScan = 'linux/amd64';

/**
 * Scans an image from the first of its places that gives it. Undefined when the run is to end without an outcome: the
 * image was stopped, or the service stops. Errors of ours are thrown.
 */
export async function scanPlaces(
  platform: Platform,
  tenant: bigint,
  key: TaskImageKey,
  begun: BegunScan,
  watch: RunWatch,
): Promise<ScanOutcome | undefined> {
  let failure: Failure = { code: 'image-gone', message: 'no registry has the image' };
  for (const place of begun.places) {
    try {
      return await scanPlace(platform, tenant, key, place, begun, watch);
    } catch (error) {
      if (watch.timedOut) {
        return { failure: { code: 'timeout', message: `the scan took longer than ${begun.timeoutSeconds} seconds` } };
      }
      if (watch.signal.aborted) return undefined;
      failure = failureOf(error);
      if (!isOfTheRegistry(failure)) break;
    }
  }
  return { failure };
}

async function scanPlace(
  platform: Platform,
  tenant: bigint,
  key: TaskImageKey,
  place: Place,
  { run, riskClasses }: BegunScan,
  watch: RunWatch,
): Promise<ScanOutcome> {
  const { signal } = watch;
  const client = await openRegistryOf(platform, tenant, place.registryId, signal);
  try {
    const source = await openRegistryImage(client, place.repository, place.digest, {
      platform: platformToScan,
      target: place.name,
      signal,
    });
    if (source.imageId !== key.imageId)
      return { failure: { code: 'image-changed', message: `${place.name} is another image now` } };
    const sandbox = scanSandbox(platform);
    const index = await indexImage(source, {
      riskClasses,
      cache: tenantLayerCache(platform.database, tenant, key, run),
      sandbox,
      onProgress: ({ percent }) => watch.progress(percent),
      signal,
    });
    const secretRules = riskClasses.includes('secrets') ? secretRulesOf(sandbox) : undefined;
    const inventory = assembleInventory(source.config, index.layers, secretRules);
    const reasons = [...index.reasons, ...inventory.incomplete];
    const noResult = whyNoResult(reasons);
    if (noResult) return { failure: noResult };
    const result: ScanResult = {
      riskClasses,
      reasons,
      layers: source.layers.map((layer) => layer.digest),
      history: layerCommands(source.config, riskClasses, inventory.secrets),
      matched: await matchStored(platform.database, tenant, inventory),
      secrets: inventory.secrets,
      malware: inventory.malware,
    };
    return { result };
  } finally {
    await client.close();
  }
}

/** What an error says about the image or its registry. Anything else is an error of ours, and thrown on. */
function failureOf(error: unknown): Failure {
  if (error instanceof ScanError) return error.reason;
  // The registry was removed, or its address is not allowed any more.
  if (error instanceof ActionError) return { code: 'registry-unreachable', message: error.message };
  throw error;
}

function isOfTheRegistry({ code }: Failure): boolean {
  return (
    code.startsWith('registry-') || code === 'digest-mismatch' || code === 'layer-truncated' || code === 'image-changed'
  );
}
