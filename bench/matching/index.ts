import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { advisoryKey, openAdvisoryFile, writeAdvisoryFile } from '../../scanner/src/index.ts';
import { median } from '../machine.ts';
import type { Benchmark } from '../main.ts';
import { makeAdvisories, makeEnrichment } from './make-advisories.ts';
import type { MatchedOnce } from './match-once.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('match-once.ts', import.meta.url));
const packages = 2000;
const runs = 5;
const sizes: Readonly<Record<string, number>> = { '100k': 100_000, '1m': 1_000_000 };

export const matchingBenchmark: Benchmark = {
  summary: `matching ${packages} packages with many advisories: medians of ${runs} runs, each a process of its own`,
  parts: Object.keys(sizes),
  byNameOnly: ['1m'],
  async run(log, parts) {
    const results = [];
    for (const part of parts) results.push(await measure(sizes[part] ?? 0, log));
    return { result: results, lines: results.flatMap(tell) };
  },
};

interface Result {
  advisories: number;
  storeBytes: number;
  writeSeconds: number;
  store: MatchedOnce;
  /** A Map of the same records parsed from JSON: what one would do first. */
  baseline: MatchedOnce;
  swap: Swap;
}

/** What a process that asks all the time sees while the file is replaced. */
interface Swap {
  questions: number;
  /** The longest that a question took; with it the open of the new file. */
  longestMs: number;
  medianMs: number;
}

async function measure(advisories: number, log: (line: string) => void): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'wharfinger-bench-matching-'));
  try {
    const store = join(folder, 'advisories');
    const json = join(folder, 'advisories.ndjson');
    log(`writing ${advisories} advisories`);
    const started = performance.now();
    await writeAdvisoryFile(store, makeAdvisories(advisories), { enrichment: () => makeEnrichment(advisories) });
    const writeSeconds = (performance.now() - started) / 1000;
    await pipeline(lines(advisories), createWriteStream(json));
    log('matching');
    return {
      advisories,
      storeBytes: (await stat(store)).size,
      writeSeconds,
      store: await medians(['store', store], advisories),
      baseline: await medians(['json', json], advisories),
      swap: await swapWhileAsked(store, advisories),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* lines(advisories: number): Generator<string> {
  for (const record of makeAdvisories(advisories)) yield `${JSON.stringify(record)}\n`;
}

async function medians(source: readonly string[], advisories: number): Promise<MatchedOnce> {
  const all: MatchedOnce[] = [];
  for (let count = 0; count < runs; count += 1) {
    const { stdout } = await run(process.execPath, [script, ...source, String(packages), String(advisories)]);
    all.push(JSON.parse(stdout) as MatchedOnce);
  }
  const middle = (field: keyof MatchedOnce) => median(all.map((one) => one[field]));
  return {
    openMs: middle('openMs'),
    firstMs: middle('firstMs'),
    againMs: middle('againMs'),
    againCpuMs: middle('againCpuMs'),
    cpuMs: middle('cpuMs'),
    findings: middle('findings'),
    heldBytes: middle('heldBytes'),
  };
}

/** Asks, and lets the file be replaced three times by copies of it in between: each is opened before the old one is let go. */
async function swapWhileAsked(path: string, advisories: number): Promise<Swap> {
  let lookup = openAdvisoryFile(path);
  const took: number[] = [];
  for (let question = 0; question < 3000; question += 1) {
    const replaced = question % 1000 === 500;
    if (replaced) await writeAdvisoryFile(path, makeAdvisories(advisories));
    const started = performance.now();
    if (replaced) {
      const next = openAdvisoryFile(path);
      lookup.close();
      lookup = next;
    }
    await lookup.find([advisoryKey('npm', `package-${question}`)]);
    took.push(performance.now() - started);
  }
  lookup.close();
  return { questions: took.length, longestMs: Math.max(...took), medianMs: median(took) };
}

function tell({ advisories, storeBytes, writeSeconds, store, baseline, swap }: Result): string[] {
  const row = (what: string, one: MatchedOnce) =>
    [
      `  ${what.padEnd(28)}`,
      ...[one.openMs, one.firstMs, one.againMs, one.againCpuMs, one.cpuMs].map((ms) => ms.toFixed(1).padStart(9)),
      (one.heldBytes / 1e6).toFixed(0).padStart(9),
      (one.cpuMs / store.cpuMs).toFixed(1).padStart(9),
    ].join('');
  return [
    `${advisories} advisories, a score for each flaw, ${packages} packages, ${store.findings} findings`,
    `  the store: ${(storeBytes / 1e6).toFixed(0)} MB, written in ${writeSeconds.toFixed(1)} s`,
    `  ${''.padEnd(28)}${['open ms', 'first ms', 'again ms', 'its CPU', 'all CPU', 'held MB', 'ratio'].map((name) => name.padStart(9)).join('')}`,
    row('the store', store),
    row('a Map from JSON', baseline),
    `  replaced 3 times under ${swap.questions} questions: the longest took ${swap.longestMs.toFixed(1)} ms, opening the new file with it; the median ${swap.medianMs.toFixed(2)} ms`,
    '',
  ];
}
