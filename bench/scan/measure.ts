/** Runs a program and tells how long it took and how much memory it and its children held at most. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../machine.ts';

export interface Measured {
  seconds: number;
  /** Undefined where the system does not tell. */
  peakBytes?: number;
}

const runs = 5;
const sampleMs = 15;

/** Medians of five runs. `before` is not counted. */
export async function measureRuns(command: readonly string[], before: () => Promise<void>): Promise<Measured> {
  const times: number[] = [];
  const peaks: number[] = [];
  for (let count = 0; count < runs; count += 1) {
    await before();
    const { seconds, peakBytes } = await measureOnce(command);
    times.push(seconds);
    if (peakBytes !== undefined) peaks.push(peakBytes);
  }
  return { seconds: median(times), ...(peaks.length > 0 ? { peakBytes: median(peaks) } : {}) };
}

async function measureOnce([program = '', ...args]: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const status = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const sampling = new AbortController();
  const peak = samplePeak(child.pid, sampling.signal);
  const code = await status.finally(() => sampling.abort());
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${program} ended with status ${code}: ${errors.slice(0, 500)}`);
  const peakBytes = await peak;
  return { seconds, ...(peakBytes === undefined ? {} : { peakBytes }) };
}

/** The most that a process and all below it were seen to hold. */
async function samplePeak(pid: number | undefined, signal: AbortSignal): Promise<number | undefined> {
  let peakBytes: number | undefined;
  if (pid === undefined) return undefined;
  while (!signal.aborted) {
    const held = await treeBytes(pid);
    if (held !== undefined) peakBytes = Math.max(peakBytes ?? 0, held);
    await sleep(sampleMs, undefined, { signal }).catch(() => undefined);
  }
  return peakBytes;
}

/**
 * What a process and all below it hold: the sum of their proportional set sizes, in which a page that three share counts
 * a third for each. Linux only.
 */
async function treeBytes(pid: number): Promise<number | undefined> {
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    let bytes = Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
    for (const task of await readdir(`/proc/${pid}/task`)) {
      const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8');
      for (const child of children.split(' ').filter(Boolean)) bytes += (await treeBytes(Number(child))) ?? 0;
    }
    return bytes;
  } catch {
    // It has ended, or this is no Linux.
    return undefined;
  }
}
