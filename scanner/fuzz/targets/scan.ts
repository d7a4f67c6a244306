/** Whole images through a whole scan, with the processes that it starts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  alpineRoot,
  buildImage,
  dockerArchive,
  eicarTestString,
  fakeGitHubToken,
  goProgram,
  npmPackage,
  ociArchive,
  pythonPackage,
} from '../../../tests/support/images/index.ts';
import { memoryAdvisories, parseOsvRecord } from '../../src/advisories/index.ts';
import { type RiskClass, type ScanReport, ScanError } from '../../src/model.ts';
import { buildZip } from '../../src/packages/java/fixtures/build-zip.ts';
import { buildNdb } from '../../src/packages/rpm/fixtures/build-databases.ts';
import { createSandbox, sandboxFacts } from '../../src/sandbox/index.ts';
import { scanImage } from '../../src/scan.ts';
import { openImage } from '../../src/sources/index.ts';
import { ChildWatch, childProcesses } from '../child-watch.ts';
import { type FuzzTarget, type Outcome, promise } from '../fuzz-target.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { Random } from '../random.ts';
import { isStorable } from './extractor-target.ts';
import { repairTar, tarWords } from './tar.ts';

const memoryBytes = 256 * 1024 * 1024;
const timeMs = 20_000;
/** The budget's time, the start of the children, and what a machine takes that has much else to do. */
const mostMs = 150_000;
/** Of the process that started the scan, over what it had before the first. */
const mostParentBytes = 512 * 1024 * 1024;

const image = buildImage({
  env: [`TOKEN=${fakeGitHubToken()}`],
  layers: [
    {
      compression: 'none',
      entries: [...alpineRoot('3.10.0', [{ name: 'musl', version: '1.1.22-r2' }]), ...pythonPackage('six', '1.16.0')],
    },
    {
      compression: 'none',
      entries: [
        ...npmPackage('minimist', '0.0.8'),
        { path: 'var/lib/rpm/Packages.db', content: buildNdb([{ name: 'bash', version: '5.1', release: '2' }]) },
        {
          path: 'app/a-1.0.jar',
          content: buildZip([{ name: 'META-INF/MANIFEST.MF', content: 'Bundle-Version: 1\n' }]),
        },
        goProgram('usr/bin/tool', 'go1.21.3', { path: 'example.org/a', version: 'v1.0.0' }, [
          { path: 'golang.org/x/net', version: 'v0.17.0' },
        ]),
        { path: 'root/key', content: `token=${fakeGitHubToken()}\n` },
        { path: 'tmp/eicar.com', content: eicarTestString() },
        { path: 'lib', folder: true },
        { path: 'etc/.wh.os-release', content: '' },
      ],
    },
  ],
});
const words = [...tarWords, '"Layers":[', '"diff_ids":[', '"rootfs":{', 'manifest.json', 'index.json', '/layer.tar'];
const seeds = [dockerArchive(image), ociArchive(image, { docker: false }), gzipSync(dockerArchive(image))];
const layers = image.layers.flatMap(({ tar }) => [tar, gzipSync(tar), zstdCompressSync(tar)]);
const advisories = memoryAdvisories([
  parseOsvRecord({
    id: 'TEST-1',
    modified: '2026-01-01T00:00:00Z',
    affected: [{ package: { ecosystem: 'npm', name: 'minimist' }, versions: ['0.0.8'] }],
  }),
]);

const folder = scratchFolder('scan');
const path = join(folder, 'image.tar');
const { resourceLimits } = await sandboxFacts();
const before = process.memoryUsage.rss();

/** It ends in time, complete or with its reasons; no child takes more than it may, and none is left. */
export const scanArchive: FuzzTarget = {
  seeds,
  words,
  repair: repairTar,
  startsProcesses: true,
  read: async (input) => outcomeOf(await guarded(() => scanOnce(input, riskClassesFor(input)))),
};

/** A layer, in an archive that is in order. */
export const scanLayer: FuzzTarget = {
  seeds: layers,
  words: tarWords,
  repair: repairTar,
  startsProcesses: true,
  read: async (input) => outcomeOf(await guarded(() => scanOnce(archiveOf(input), riskClassesFor(input)))),
};

/** The same, while children are killed at any time. */
export const scanKilled: FuzzTarget = {
  seeds: layers,
  words: tarWords,
  startsProcesses: true,
  varies: true,
  async read(input) {
    const random = new Random(sumOf(input), input.length);
    const killer = setInterval(() => {
      for (const id of childProcesses()) if (random.oneIn(40)) kill(id);
    }, 10);
    try {
      const { word } = outcomeOf(await guarded(() => scanOnce(archiveOf(input), riskClassesFor(input))));
      return { word };
    } finally {
      clearInterval(killer);
    }
  },
};

/** The image with this upper layer. Nobody compares local layers with their digests. */
function archiveOf(layer: Uint8Array): Uint8Array {
  const [lower, upper] = image.layers;
  if (lower === undefined || upper === undefined) throw new Error('an image of two layers');
  const changed = { ...image, layers: [lower, { ...upper, tar: layer, bytes: layer }] };
  return sumOf(layer) % 2 === 0 ? dockerArchive(changed) : ociArchive(changed);
}

/** Malware takes the longest to look for: its rules are compiled anew for each scan. */
function riskClassesFor(input: Uint8Array): RiskClass[] {
  return ['vulnerabilities', 'secrets', 'misconfiguration', ...(sumOf(input) % 8 === 0 ? (['malware'] as const) : [])];
}

function sumOf(input: Uint8Array): number {
  let sum = 0;
  for (const byte of input) sum = (sum * 31 + byte) >>> 0;
  return sum;
}

async function scanOnce(input: Uint8Array, riskClasses: readonly RiskClass[]): Promise<ScanReport | ScanError> {
  writeFileSync(path, input);
  const sandbox = createSandbox({ memoryBytes });
  try {
    const source = await openImage(path);
    try {
      return await scanImage(source, { advisories, riskClasses, sandbox, budget: { timeMs } });
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    return error;
  } finally {
    await sandbox.close();
  }
}

async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  // Of another target a process may still be ending.
  const others = new Set(childProcesses());
  const watch = new ChildWatch();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`has not ended after ${mostMs / 1000} s`)), mostMs);
  try {
    const value = await Promise.race([work(), late.promise]);
    promise(!resourceLimits || watch.peakBytes <= memoryBytes, 'a child with more memory than it may have');
    promise(process.memoryUsage.rss() - before < mostParentBytes, 'memory that stays with the parent');
    promise(
      childProcesses().every((id) => others.has(id)),
      'a child that is left',
    );
    return value;
  } finally {
    clearTimeout(timer);
    watch.end();
  }
}

function outcomeOf(result: ScanReport | ScanError): Outcome {
  if (result instanceof ScanError) {
    promise(result.message.length < 4096, 'a message that nobody reads');
    return { word: result.reason.code, told: result.message };
  }
  const { status, reasons } = result;
  promise((status === 'complete') === (reasons.length === 0), `${status} with ${reasons.length} reasons`);
  promise(isStorable(result), 'a text that no database takes');
  return { word: reasons[0]?.code ?? status, told: result };
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
