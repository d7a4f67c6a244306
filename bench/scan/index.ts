import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installAlone } from '../../scanner/packaging/install-alone.ts';
import { loadSecretRules } from '../../scanner/src/index.ts';
import { loadMalwareRules } from '../../scanner/src/malware/index.ts';
import type { Benchmark } from '../main.ts';
import { type BenchImage, buildImages, imageNames } from './build-images.ts';
import { type Measured, measureRuns, remember } from './measure.ts';
import { findPeers, inflateBaseline, type Peer, tarBaseline } from './peers.ts';

const run = promisify(execFile);

export const scanBenchmark: Benchmark = {
  summary: 'the packed command on each image: time and peak memory, medians of 5 runs, each a process of its own',
  parts: imageNames,
  async run(log, parts) {
    const images = await buildImages(parts, log);
    const peers = await findPeers();
    const rules = { secrets: loadSecretRules().count, malware: loadMalwareRules().count };
    const rows: Row[] = [];
    const folder = await mkdtemp(join(tmpdir(), 'wharfinger-bench-package-'));
    try {
      const { command } = installAlone(folder);
      for (const image of images) {
        for (const form of ['plain', 'gzip'] as const) {
          log(`measuring ${image.name}, layers ${form === 'plain' ? 'as tars' : 'compressed by gzip'}`);
          rows.push(...(await measureImage(image, form, command, peers)));
        }
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return {
      result: { images, rules, peers: peers.map(({ name, version }) => ({ name, version })), rows },
      lines: [`rules: ${rules.secrets} for secrets, ${rules.malware} for malware`, '', ...tell(images, rows)],
    };
  },
};

interface Row extends Measured {
  image: string;
  layers: 'plain' | 'gzip';
  what: string;
  /** How many times as long as our packages, warm, in the same run. */
  ratio: number;
}

/**
 * *cold*: the archive is not in the file cache; *warm*: it is; *a second time*: with what `--cache-dir` kept of the scan
 * before. The peers, or tar, list the packages of the same archive, warm.
 */
async function measureImage(
  image: BenchImage,
  layers: 'plain' | 'gzip',
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
    await measureRuns(cached, warm, 1);
    const measured: { what: string; figures: Measured }[] = [
      { what: 'packages, cold', figures: await measureRuns(packages, () => forget(archive)) },
      { what: 'packages, warm', figures: await measureRuns(packages, warm) },
      { what: 'everything, warm', figures: await measureRuns(scan, warm) },
      { what: 'everything, a second time', figures: await measureRuns(cached, warm) },
    ];
    const baselines = [...(peers.length > 0 ? peers : [await tarBaseline()])];
    if (layers === 'gzip') baselines.push(await inflateBaseline());
    for (const peer of baselines) {
      const figures = await measureRuns(peer.inventory(archive), warm);
      measured.push({ what: `${peer.name} ${peer.version}, warm`, figures });
    }
    const ours = measured[1]?.figures.seconds ?? 0;
    return measured.map(({ what, figures }) => ({
      image: image.name,
      layers,
      what,
      ...figures,
      ratio: figures.seconds / ours,
    }));
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

/** Takes a file out of the file cache, and no other. */
async function forget(path: string): Promise<void> {
  await run('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
}

function tell(images: readonly BenchImage[], rows: readonly Row[]): string[] {
  const megabytes = (bytes: number): string => String(Math.round(bytes / 1e6));
  return images.flatMap(({ name, plainBytes, files }) => [
    `${name}: ${files} files, ${megabytes(plainBytes)} MB`,
    `  ${'layers'.padEnd(7)}${'what'.padEnd(36)}${'s'.padStart(8)}${'CPU s'.padStart(8)}${'peak MB'.padStart(9)}${'ratio'.padStart(8)}`,
    ...rows
      .filter((row) => row.image === name)
      .map(({ layers, what, seconds, cpuSeconds, peakBytes, ratio }) => {
        const peak = peakBytes === undefined ? '-' : megabytes(peakBytes);
        const figures = [seconds.toFixed(2), cpuSeconds.toFixed(2)].map((text) => text.padStart(8)).join('');
        return `  ${layers.padEnd(7)}${what.padEnd(36)}${figures}${peak.padStart(9)}${ratio.toFixed(1).padStart(8)}`;
      }),
    '',
  ]);
}
