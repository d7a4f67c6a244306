/**
 * A worker thread that gives one parser its inputs. What it is at stands in shared memory, so that whoever started it knows the
 * input even where the parser never comes back or takes all memory.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import '../src/with-temporal.ts';
import type { FuzzTarget, Outcome } from './fuzz-target.ts';
import { makeInput } from './mutate.ts';
import { shrink } from './shrink.ts';
import { targets } from './targets/index.ts';

export interface Task {
  target: string;
  seed: number;
  from: number;
  to: number;
  /** One number: which input is read. */
  position: SharedArrayBuffer;
}

export interface Find {
  number: number;
  error: string;
  /** The shortest input that gives the same error. */
  input: Uint8Array;
}

export type Message = { find: Find } | { outcomes: Record<string, number>; slowestMs: number };

class TooSlow extends Error {}

/** Twice what the slowest honest inputs of the longest kind take; machines are slow when others work on them. */
const longMs = 400;
/** Reading twice costs twice. */
const readsBetweenComparisons = 16;
/** What Node puts off until the event loop turns would all be held. */
const readsBetweenTurns = 256;

const { target: name, seed, from, to, position } = workerData as Task;
const at = new Float64Array(position);
const target = await load(name);
const outcomes = new Map<string, number>();
let slowestMs = 0;

for (let number = from; number < to; number += 1) {
  at[0] = number;
  if (number % readsBetweenTurns === 0) await turn();
  const input = makeInput(target, seed, number);
  try {
    const word = await check(input, number % readsBetweenComparisons === 0);
    outcomes.set(word, (outcomes.get(word) ?? 0) + 1);
  } catch (error) {
    await tellFind(number, input, error);
    break;
  }
}
target.close?.();
tell({ outcomes: Object.fromEntries(outcomes), slowestMs });

async function load(wanted: string): Promise<FuzzTarget> {
  const loader = targets[wanted];
  if (loader === undefined) throw new Error(`there is no ${wanted}`);
  return loader();
}

/** Throws what is a find. */
async function check(input: Uint8Array, twice: boolean): Promise<string> {
  const start = performance.now();
  const outcome = await read(input);
  const elapsedMs = performance.now() - start;
  if (elapsedMs > longMs && target.startsProcesses !== true) await checkTime(input);
  else slowestMs = Math.max(slowestMs, elapsedMs);
  if (twice && target.varies !== true && !isDeepStrictEqual(await read(input), outcome))
    throw new Error('not the same when read again');
  return outcome.word;
}

/** The clock runs on when others work: what counts is the processor's time, the best of three. */
async function checkTime(input: Uint8Array): Promise<void> {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round += 1) {
    const before = process.cpuUsage();
    await read(input);
    const { user, system } = process.cpuUsage(before);
    bestMs = Math.min(bestMs, (user + system) / 1000);
  }
  slowestMs = Math.max(slowestMs, bestMs);
  if (bestMs > longMs) throw new TooSlow(`took ${Math.round(bestMs / 100) / 10} s`);
}

function read(input: Uint8Array): Outcome | Promise<Outcome> {
  // A copy: a parser that changes what it reads would not find the same again.
  return target.read(Uint8Array.from(input));
}

async function tellFind(number: number, input: Uint8Array, error: unknown): Promise<void> {
  const kind = kindOf(error);
  let tries = 0;
  const isSame = async (shorter: Uint8Array): Promise<boolean> => {
    tries += 1;
    // Whoever watches sees that this goes on.
    at[0] = number + tries / 10_000;
    try {
      await check(shorter, true);
      return false;
    } catch (other) {
      return kindOf(other) === kind;
    }
  };
  const shortest = await shrink(input, isSame, error instanceof TooSlow ? 30 : 2000);
  tell({
    find: { number, error: error instanceof Error ? (error.stack ?? error.message) : String(error), input: shortest },
  });
}

/** An error without the values that are in it. */
function kindOf(error: unknown): string {
  return error instanceof Error
    ? `${error.name} ${error.message}`.replaceAll(/\d+(?:\.\d+)?|"[^"]*"/g, '#')
    : 'no error';
}

function tell(message: Message): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a worker thread, not of a window
  parentPort?.postMessage(message);
}
