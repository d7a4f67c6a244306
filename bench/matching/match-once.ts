/** A process of its own: opens advisories, matches an inventory with them twice, and prints how long each took. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  type AdvisoryLookup,
  type LocatedPackage,
  matchInventory,
  memoryAdvisories,
  openAdvisoryFile,
  type OsvRecord,
} from '../../scanner/src/index.ts';
import { makePackages } from './make-advisories.ts';

export interface MatchedOnce {
  openMs: number;
  /** The first time, with nothing compiled by the engine yet. */
  firstMs: number;
  /** Once more with other packages, as a service does. */
  againMs: number;
  /** Processor time of that: what a busy machine changes least. */
  againCpuMs: number;
  /** Of all three. */
  cpuMs: number;
  findings: number;
  /** Above what the process held before it opened anything. */
  heldBytes: number;
}

const [form = '', path = '', packageCount = '', advisoryCount = ''] = process.argv.slice(2);
const all = makePackages(Number(packageCount) * 2, Number(advisoryCount));
const before = process.memoryUsage.rss();
const cpu = process.cpuUsage();
const [advisories, openMs] = await timed(() => open(form));
const [first, firstMs] = await timed(() => match(all.slice(0, Number(packageCount))));
const cpuSoFar = process.cpuUsage();
const [, againMs] = await timed(() => match(all.slice(Number(packageCount))));
const againCpuMs = sinceMs(cpuSoFar);
const result: MatchedOnce = {
  openMs,
  firstMs,
  againMs,
  againCpuMs,
  cpuMs: sinceMs(cpu),
  findings: first,
  heldBytes: process.memoryUsage.rss() - before,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function open(kind: string): Promise<AdvisoryLookup> {
  if (kind === 'store') return openAdvisoryFile(path);
  const records: OsvRecord[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // Written by this benchmark.
    records.push(JSON.parse(line) as OsvRecord);
  }
  return memoryAdvisories(records);
}

async function match(packages: LocatedPackage[]): Promise<number> {
  const operatingSystem = { id: 'debian', versionId: '11', name: 'Debian 11', ecosystem: 'Debian:11' };
  return (await matchInventory({ packages, operatingSystem }, advisories)).length;
}

function sinceMs(earlier: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(earlier);
  return (user + system) / 1000;
}

async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const started = performance.now();
  const value = await work();
  return [value, performance.now() - started];
}
