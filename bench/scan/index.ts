import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installAlone } from '../../scanner/packaging/install-alone.ts';
import { loadSecretRules } from '../../scanner/src/index.ts';
import { loadMalwareRules } from '../../scanner/src/malware/index.ts';
import { type BenchImage, buildImages } from '../images/build-images.ts';
import { measuredImages } from '../images/recipes.ts';
import type { Benchmark } from '../main.ts';
import { type Measured, measureRuns, remember } from './measure.ts';
import { findPeers, headerBaseline, inflateBaseline, type Peer, tarBaseline } from './peers.ts';
import { type Row, tell } from './tell.ts';

const run = promisify(execFile);
/** Of one run of a peer. */
const peerLimitMs = 180_000;

export const scanBenchmark: Benchmark = {
  summary: 'the packed command on each image: time and peak memory, medians of 5 runs, each a process of its own',
  parts: measuredImages,
  async run(log, parts) {
    const images = await buildImages(parts, log);
    const rules = { secrets: loadSecretRules().count, malware: loadMalwareRules().count };
    const rows: Row[] = [];
    const folder = await mkdtemp(join(tmpdir(), 'wharfinger-bench-package-'));
    try {
      const peers = await findPeers(folder);
      const { command } = installAlone(join(folder, 'package'));
      for (const image of images) {
        for (const form of ['plain', 'gzip'] as const) {
          log(`measuring ${image.name}, layers ${form === 'plain' ? 'as tars' : 'compressed by gzip'}`);
          rows.push(...(await measureImage(image, form, command, peers)));
        }
      }
      return {
        result: { images, rules, peers: peers.map(({ name, version }) => ({ name, version })), rows },
        lines: [`rules: ${rules.secrets} for secrets, ${rules.malware} for malware`, '', ...tell(images, rows)],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/**
 * *cold*: the archive is not in the file cache; *warm*: it is; *a second time*: with what `--cache-dir` kept of the scan
 * before. The peers list the packages of the same archive, warm; the baselines do what no reader can do without.
 */
async function measureImage(
  image: BenchImage,
  layers: Row['layers'],
  command: readonly string[],
  peers: readonly Peer[],
): Promise<Row[]> {
  const archive = image[layers];
  const cache = await mkdtemp(join(tmpdir(), 'wharfinger-bench-index-'));
  try {
    const scan = [...command, archive, '--format', 'json'];
    const packages = [...scan, '--scanners', 'packages'];
    const cached = [...scan, '--cache-dir', cache];
    const warm = () => remember(archive);
    await measureRuns(cached, warm, { runs: 1 });
    const row = (what: string, by: Row['by'], figures: Measured | string): Row =>
      typeof figures === 'string'
        ? { image: image.name, layers, what, by, failed: figures }
        : { image: image.name, layers, what, by, ...figures };
    const rows = [
      row('packages, cold', 'us', await measureRuns(packages, () => forget(archive))),
      row('packages, warm', 'us', await measureRuns(packages, warm)),
      row('everything, warm', 'us', await measureRuns(scan, warm)),
      row('everything, a second time', 'us', await measureRuns(cached, warm)),
    ];
    for (const { name, version, inventory, without } of peers) {
      const figures = await tryPeer(inventory(archive), warm);
      rows.push(row(`${name} ${version}, warm`, 'peer', figures));
      if (typeof figures !== 'string' || without === undefined) continue;
      const lesser = await tryPeer(without.inventory(archive), warm);
      rows.push(row(`${name}, warm, without ${without.what}`, 'peer', lesser));
    }
    const baselines = [await tarBaseline(), layers === 'plain' ? headerBaseline() : await inflateBaseline()];
    for (const { name, version, inventory } of baselines) {
      rows.push(row(`${name}, ${version}`, 'baseline', await measureRuns(inventory(archive), warm)));
    }
    return rows;
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

/** Why it gave no result, where it did not: an image that a peer cannot read, or not in time, stops nobody else. */
async function tryPeer(command: readonly string[], before: () => Promise<void>): Promise<Measured | string> {
  try {
    return await measureRuns(command, before, { limitMs: peerLimitMs });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Takes a file out of the file cache, and no other. */
async function forget(path: string): Promise<void> {
  await run('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}
