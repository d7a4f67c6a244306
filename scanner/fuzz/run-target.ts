import { Worker } from 'node:worker_threads';
import { makeInput } from './mutate.ts';
import type { Find, Message, Task } from './run-inputs.ts';
import { targets } from './targets/index.ts';

export interface TargetResult {
  name: string;
  /** Inputs that were read. */
  inputs: number;
  seconds: number;
  outcomes: Record<string, number>;
  slowestMs: number;
  peakMegabytes: number;
  find?: Find;
}

export interface RunOptions {
  inputs: number;
  seed: number;
  /** The first input's number. */
  from: number;
}

/** Of processor time on one input, before it counts as one that never ends. */
const hangMs = 20_000;
const mostHeapMegabytes = 512;
/** More than the process had before: what a parser takes for buffers is no part of the heap. */
const mostMegabytes = 1536;
const lookEveryMs = 250;

/** Gives a parser so many inputs; ends at the first find. */
export async function runTarget(name: string, { inputs, seed, from }: RunOptions): Promise<TargetResult> {
  const position = new SharedArrayBuffer(8);
  const at = new Float64Array(position);
  const task: Task = { target: name, seed, from, to: from + inputs, position };
  const start = performance.now();
  const result: TargetResult = { name, inputs: 0, seconds: 0, outcomes: {}, slowestMs: 0, peakMegabytes: 0 };
  const worker = new Worker(new URL('run-inputs.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes },
  });
  let stopped: string | undefined;
  const stop = (why: string): void => {
    stopped ??= why;
    void worker.terminate();
  };
  const watch = setInterval(watcher(at, result, stop), lookEveryMs);
  let done = false;
  await new Promise<void>((resolve) => {
    worker.on('message', (message: Message) => {
      if ('find' in message) result.find = message.find;
      else {
        Object.assign(result, message);
        done = true;
      }
    });
    worker.on('error', (error) => (stopped ??= String(error)));
    worker.on('exit', () => resolve());
  });
  clearInterval(watch);
  result.seconds = (performance.now() - start) / 1000;
  result.inputs = (result.find?.number ?? (done ? from + inputs : Math.floor(at[0] ?? from))) - from;
  if (!done && result.find === undefined)
    result.find = await unfinished(name, seed, Math.floor(at[0] ?? from), stopped ?? 'the worker ended');
  return result;
}

/** Looks now and then whether the worker gets on, and how much memory there is. */
function watcher(at: Float64Array, result: TargetResult, stop: (why: string) => void): () => void {
  let seen = -1;
  let since = process.cpuUsage();
  const before = process.memoryUsage.rss() / 1_000_000;
  return () => {
    const megabytes = Math.round(process.memoryUsage.rss() / 1_000_000);
    result.peakMegabytes = Math.max(result.peakMegabytes, megabytes);
    if (megabytes - before > mostMegabytes) stop(`took ${megabytes} MB`);
    const [now = 0] = at;
    if (now !== seen) {
      seen = now;
      since = process.cpuUsage();
      return;
    }
    const { user, system } = process.cpuUsage(since);
    if ((user + system) / 1000 > hangMs) stop(`has not ended after ${hangMs / 1000} s`);
  };
}

/** What the worker could not tell: it is made again, but not shortened. */
async function unfinished(name: string, seed: number, number: number, error: string): Promise<Find> {
  const target = await targets[name]?.();
  return { number, error, input: target === undefined ? new Uint8Array(0) : makeInput(target, seed, number) };
}
