import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installAlone } from '../../scanner/packaging/install-alone.ts';
import { cacheFolder } from '../images/build-images.ts';
import type { Benchmark } from '../main.ts';
import { type Measured, measureRuns, remember } from '../scan/measure.ts';
import { grownImage } from './grown-image.ts';

const sizes: Readonly<Record<string, number>> = { '10MB': 1e7, '100MB': 1e8, '1GB': 1e9, '10GB': 1e10 };
/** Above this one run has to do. */
const mostBytesForMedian = 2e9;

interface Row {
  size: string;
  bytes: number;
  packages: Measured;
  everything: Measured;
}

export const growthBenchmark: Benchmark = {
  summary: 'the packed command on images that grow: time and memory should grow in proportion, and not at all',
  parts: Object.keys(sizes),
  byNameOnly: ['10GB'],
  async run(log, parts) {
    const folder = await mkdtemp(join(tmpdir(), 'wharfinger-bench-package-'));
    const rows: Row[] = [];
    try {
      const { command } = installAlone(folder);
      for (const size of parts) {
        log(`making an image of ${size}`);
        const image = await grownImage(join(cacheFolder(), `grown-${size}.tar`), sizes[size] ?? 0);
        const runs = image.bytes > mostBytesForMedian ? 1 : 5;
        log(`measuring ${size}`);
        const warm = () => remember(image.path);
        const scan = [...command, image.path, '--format', 'json'];
        rows.push({
          size,
          bytes: image.bytes,
          packages: await measureRuns([...scan, '--scanners', 'packages'], warm, { runs }),
          everything: await measureRuns(scan, warm, { runs }),
        });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return { result: rows, lines: tell(rows) };
  },
};

function tell(rows: readonly Row[]): string[] {
  return [
    `${'size'.padEnd(8)}${'what'.padEnd(12)}${'s'.padStart(8)}${'CPU s'.padStart(8)}${'CPU s per GB'.padStart(14)}${'peak MB'.padStart(9)}`,
    ...rows.flatMap(({ size, bytes, packages, everything }) =>
      Object.entries({ packages, everything }).map(([what, { seconds, cpuSeconds, peakBytes = 0 }]) =>
        [
          size.padEnd(8),
          what.padEnd(12),
          seconds.toFixed(2).padStart(8),
          cpuSeconds.toFixed(2).padStart(8),
          ((cpuSeconds / bytes) * 1e9).toFixed(2).padStart(14),
          String(Math.round(peakBytes / 1e6)).padStart(9),
        ].join(''),
      ),
    ),
  ];
}
