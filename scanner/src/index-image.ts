import { Budget, type BudgetLimits } from './budget.ts';
import type { Clamd } from './clamd/clamd.ts';
import type { ImageSource, LayerIndex, LayerSource, Reason, RiskClass } from './model.ts';
import { ScanError } from './model.ts';
import { LayerIndexer } from './indexing/layer-indexer.ts';
import { createSandbox, type Sandbox, workersPerScan } from './sandbox/create-sandbox.ts';
import { rulesOfIndex } from './rules-of-index.ts';
import type { RuleSources } from './scan-rules.ts';

/** Raised when the same layer and rules give another index. */
export const indexerVersion = 'layers-3';

export interface IndexKey {
  /**
   * What came over a network: the digest of its stored bytes, which were checked. A local file: what tells it from others
   * without reading it. `origin` keeps the two apart: what was not checked never answers for a pull.
   */
  layer: string;
  origin: 'pulled' | 'local';
  indexer: string;
  /** Digest of the rules. */
  rules: string;
  /** Sorted, with commas. */
  riskClasses: string;
}

/** Keeps indexes of layers. */
export interface IndexCache {
  get(key: IndexKey): Promise<LayerIndex | undefined>;
  put(key: IndexKey, index: LayerIndex): Promise<void>;
}

export interface IndexProgress {
  layers: number;
  layersDone: number;
  /** Bytes that had to be fetched so far. */
  bytes: number;
  /** 0 to 100, by stored bytes where they are known, else by layers. */
  percent: number;
  /** For people. */
  text: string;
}

export interface IndexOptions {
  riskClasses: readonly RiskClass[];
  /** Without effect where a `sandbox` is given: that has its own. */
  rules?: RuleSources;
  budget?: Partial<BudgetLimits>;
  cache?: IndexCache;
  /** A ClamAV daemon that is asked about every file too. What is found then is kept in no cache: its signatures change. */
  clamd?: Clamd;
  /** Without one, children are started for this image alone. */
  sandbox?: Sandbox;
  onProgress?: (progress: IndexProgress) => void;
  signal?: AbortSignal;
}

export interface IndexedImage {
  /** Bottom up, one for each layer of the source. */
  layers: LayerIndex[];
  /** What is not of one layer; the layers' own are in `incomplete`. */
  reasons: Reason[];
  /** Bytes that came over the network. */
  pulledBytes: number;
}

/** Below this a second worker costs more to start than it saves. */
const bytesForAnotherWorker = 32 * 1024 * 1024;
/** Of an archive's bytes where only headers are read, and what some extractor wants. */
const walkedShare = 1 / 128;

/**
 * Reads the layers that the cache does not know. What of a layer could not be read is told in its index. Throws `ScanError`
 * where there can be no result: the registry fails, bytes are not those of their digest, `signal` aborts.
 */
export async function indexImage(source: ImageSource, options: IndexOptions): Promise<IndexedImage> {
  const { signal, onProgress, clamd } = options;
  const cache = clamd === undefined ? options.cache : undefined;
  const own = options.sandbox === undefined ? createSandbox(withoutUndefined(options.rules ?? {})) : undefined;
  const sandbox = options.sandbox ?? own;
  if (sandbox === undefined) throw new Error('no sandbox');
  const riskClasses = [...new Set<RiskClass>(['vulnerabilities', ...options.riskClasses])].toSorted();
  const digest = await rulesOfIndex(sandbox, riskClasses);
  const indexes = new Map<number, LayerIndex>();
  const stop = new AbortController();
  const indexer = new LayerIndexer({
    source,
    sandbox,
    riskClasses,
    budget: new Budget({ memoryBytes: sandbox.memoryBytes, ...options.budget }),
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    onBytes: () => report(),
    ...(clamd === undefined ? {} : { clamd }),
  });
  const report = () => onProgress?.(progressOf(source, indexes.size, indexer.bytes));
  try {
    const missing: { layer: LayerSource; position: number; key: IndexKey | undefined }[] = [];
    for (const [position, layer] of source.layers.entries()) {
      const key = keyOf(source, layer, digest, riskClasses);
      const known = key === undefined ? undefined : await cache?.get(key);
      // Of a local file the configuration may have changed: its diff id is the one that counts.
      if (known !== undefined) indexes.set(position, { ...known, diffId: layer.diffId });
      else missing.push({ layer, position, key });
    }
    report();
    // The largest first, so that no worker is left alone with it at the end.
    const queue = missing.toSorted((a, b) => (b.layer.sizeBytes ?? 0) - (a.layer.sizeBytes ?? 0));
    const work = async () => {
      const worker = indexer.worker();
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const index = await worker.read(next.layer);
          indexes.set(next.position, index);
          if (next.key !== undefined && isLasting(index)) await cache?.put(next.key, index);
          report();
        }
      } finally {
        worker.close();
      }
    };
    await allOrStop(Array.from({ length: workersFor(queue, riskClasses, source.verified) }, work), stop);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new ScanError({ code: 'cancelled', message: 'the scan was stopped' }, { cause: error });
  } finally {
    await own?.close();
  }
  const layers = source.layers.flatMap((_, position) => indexes.get(position) ?? []);
  return { layers, reasons: [], pulledBytes: source.kind === 'registry' ? indexer.bytes : 0 };
}

/** Waits for all; the first failure ends the others and is thrown when they have ended. */
async function allOrStop(works: Promise<void>[], stop: AbortController): Promise<void> {
  let failure: { error: unknown } | undefined;
  await Promise.all(
    works.map((work) =>
      work.catch((error: unknown) => {
        failure ??= { error };
        stop.abort();
      }),
    ),
  );
  if (failure !== undefined) throw failure.error;
}

function workersFor(
  queue: readonly { layer: LayerSource }[],
  riskClasses: readonly RiskClass[],
  verified: boolean,
): number {
  const readsAll = verified || riskClasses.some((one) => one === 'secrets' || one === 'malware');
  const bytes = queue.reduce((sum, { layer }) => sum + bytesToRead(layer, readsAll), 0);
  return Math.min(workersPerScan, queue.length, 1 + Math.floor(bytes / bytesForAnotherWorker));
}

function bytesToRead({ content, sizeBytes = bytesForAnotherWorker }: LayerSource, readsAll: boolean): number {
  if (readsAll || content.type !== 'range' || content.compressed) return sizeBytes;
  return sizeBytes * walkedShare;
}

function keyOf(
  { kind }: ImageSource,
  { digest, cacheKey }: LayerSource,
  rules: string,
  riskClasses: readonly RiskClass[],
): IndexKey | undefined {
  const pulled = kind === 'registry';
  const layer = pulled ? digest : cacheKey;
  if (layer === undefined || layer === '') return undefined;
  return {
    layer,
    origin: pulled ? 'pulled' : 'local',
    indexer: indexerVersion,
    rules,
    riskClasses: riskClasses.join(','),
  };
}

/** What ran out of its budget, or lost its child, may go better another time. */
function isLasting({ incomplete }: LayerIndex): boolean {
  return incomplete.every(({ code }) => code !== 'child-died' && !code.startsWith('budget-'));
}

function progressOf(source: ImageSource, layersDone: number, bytes: number): IndexProgress {
  const layers = source.layers.length;
  const all = source.layers.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const byLayers = layers === 0 ? 1 : layersDone / layers;
  const byBytes = source.kind === 'registry' && all > 0 ? Math.min(0.99, bytes / all) : 0;
  return {
    layers,
    layersDone,
    bytes,
    percent: Math.floor(Math.max(byLayers, byBytes) * 100),
    text: `reading layers: ${layersDone} of ${layers}`,
  };
}

function withoutUndefined({ secretRules, malwareRules, malwareHashes }: RuleSources): {
  secretRules?: readonly string[];
  malwareRules?: readonly string[];
  malwareHashes?: readonly string[];
} {
  return {
    ...(secretRules === undefined ? {} : { secretRules }),
    ...(malwareRules === undefined ? {} : { malwareRules }),
    ...(malwareHashes === undefined ? {} : { malwareHashes }),
  };
}
