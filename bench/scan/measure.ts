/** Runs a program and tells how long it took and how much memory it and its children held at most. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { Readable, type Stream } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from '../machine.ts';

export interface Measured {
  seconds: number;
  /** Of all processors, of the program and its children: what a busy machine changes least. */
  cpuSeconds: number;
  /** Undefined where the system does not tell. */
  peakBytes?: number;
}

export interface MeasureOptions {
  runs?: number;
  /** A run that takes longer is ended, and throws. */
  limitMs?: number;
}

const sampleMs = 15;

/** Medians. `before` is not counted. Throws where a run fails. */
export async function measureRuns(
  command: readonly string[],
  before: () => Promise<void>,
  { runs = 5, limitMs }: MeasureOptions = {},
): Promise<Measured> {
  const all: Measured[] = [];
  for (let count = 0; count < runs; count += 1) {
    await before();
    all.push(await measureOnce(command, limitMs));
  }
  const peaks = all.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    seconds: median(all.map(({ seconds }) => seconds)),
    cpuSeconds: median(all.map(({ cpuSeconds }) => cpuSeconds)),
    ...(peaks.length > 0 ? { peakBytes: median(peaks) } : {}),
  };
}

/** The shell that waits for the program tells what its children used, on a pipe of its own. */
const timed = '"$@"; status=$?; times >&3; exit $status';

async function measureOnce(command: readonly string[], limitMs: number | undefined): Promise<Measured> {
  const started = performance.now();
  // With a limit a process group of its own: all of it ends then.
  const detached = limitMs !== undefined;
  const child = spawn('sh', ['-c', timed, 'sh', ...command], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached });
  let isLate = false;
  const end = () => {
    isLate = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const limit = detached ? setTimeout(end, limitMs) : undefined;
  const [, , stderr, times] = child.stdio;
  const status = once(child, 'close');
  const sampling = new AbortController();
  const peak = samplePeak(child.pid, sampling.signal);
  const [errors, used] = await Promise.all([text(stderr), text(times)]);
  const [code] = await status.finally(() => {
    sampling.abort();
    clearTimeout(limit);
  });
  const seconds = (performance.now() - started) / 1000;
  if (isLate) throw new Error(`it was ended after ${Math.round(seconds)} s`);
  if (code !== 0) throw new Error(`${command[0]} ended with status ${String(code)}: ${lastLine(errors)}`);
  const peakBytes = await peak;
  return { seconds, cpuSeconds: childSeconds(used), ...(peakBytes === undefined ? {} : { peakBytes }) };
}

/** Where programs say what stopped them, without the time that logs begin with. */
function lastLine(errors: string): string {
  const line = errors.trimEnd().split('\n').at(-1) ?? '';
  return line.replace(/^\S*\d{2}:\d{2}\S*\s+/, '').slice(0, 300);
}

async function text(stream: Stream | null | undefined): Promise<string> {
  let all = '';
  if (stream instanceof Readable) for await (const part of stream) all += String(part);
  return all;
}

/** The second line of `times`: user and system time of the children, as in `1m2.345s 0m0.120s`. */
function childSeconds(times: string): number {
  const [, children = ''] = times.split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
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

/** Brings a file into the file cache, as far as that holds it. */
export async function remember(path: string): Promise<void> {
  await promisify(execFile)('sh', ['-c', 'cat "$0" >/dev/null', path]);
}
