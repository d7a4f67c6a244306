import type { Readable, Writable } from 'node:stream';
import type { BudgetLimits } from '../budget.ts';
import type { Clamd, ClamdLayer } from '../clamd/clamd.ts';
import { parseDocument } from '../json-document.ts';
import type { LayerIndex, Reason, RiskClass } from '../model.ts';
import { asDelay, Child, ChildGone, sendJson } from './child.ts';
import { frame } from './frames.ts';
import type { LayerJob, MalwareResult, Setup } from './messages.ts';
import { type ChildLimits, ownUser, type SandboxFacts } from './protections.ts';

/** What the children need before they take jobs. */
export interface WorkerOptions {
  facts: SandboxFacts;
  riskClasses: readonly RiskClass[];
  secretRules: readonly string[] | null;
  malwareRules: readonly string[] | null;
  /** Lists of digests. */
  malwareHashes?: readonly string[];
  memoryBytes: number;
  cpuSeconds?: number;
  /** Open files: handed to the format child, which reads ranges of them without a copy in between. */
  fds?: readonly number[];
}

export interface WorkerJob {
  content: LayerJob['content'];
  /** Where the content is frames: opens the stored bytes. */
  open?: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  limits: BudgetLimits;
  hashed: boolean;
  signal: AbortSignal;
  /** Bytes were handed over. */
  onBytes?: (count: number) => void;
  /** The daemon that is asked about files too. */
  clamd?: Clamd;
}

export interface WorkerAnswer {
  index: LayerIndex;
  /** What the index took on its way. */
  indexBytes: number;
  malware: MalwareResult['files'];
  /** Files with malware that were too many to be told. */
  malwareLeft?: number;
  /** What the daemon could not be asked. */
  clamdReasons?: Reason[];
  /** Set where the index is there, but its files could not be asked about malware. */
  malwareGone?: ChildGone;
}

const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const formatProgram = new URL(`format-child${extension}`, import.meta.url);
const malwareProgram = new URL(`malware-child${extension}`, import.meta.url);

/** Children notice the end of their time themselves; this much later they are ended. */
const graceMs = 3000;
const startLimitMs = 60_000;
const mostChunkBytes = 1024 * 1024;

/**
 * A format child and, where malware is looked for, a malware child that gets the bytes of files straight from it. A worker
 * serves one scan and is thrown away: what hostile bytes may have made of a child never meets another image.
 */
export class Worker {
  readonly #format: Child;
  readonly #malware: Child | undefined;
  readonly #riskClasses: readonly RiskClass[];
  readonly #formatReady: Promise<void>;
  readonly #malwareReady: Promise<void> | undefined;
  #job = 0;
  #usable = true;

  constructor(options: WorkerOptions) {
    const { facts, riskClasses, memoryBytes, cpuSeconds, fds = [] } = options;
    const limits: ChildLimits = { memoryBytes, fileBytes: 0, ...(cpuSeconds === undefined ? {} : { cpuSeconds }) };
    const forMalware = riskClasses.includes('malware');
    this.#riskClasses = riskClasses;
    this.#format = new Child({
      facts,
      program: formatProgram,
      limits,
      addOns: false,
      stdio: ['pipe', 'pipe', 'pipe', forMalware ? 'pipe' : 'ignore', ...fds],
    });
    this.#malware = forMalware ? this.#startMalware(facts, limits) : undefined;
    this.#formatReady = this.#setUp(this.#format, {
      ...asUser(facts),
      malwareAsked: { onlyOurRules: options.malwareRules === null, digests: (options.malwareHashes ?? []).length > 0 },
      ...(riskClasses.includes('secrets') ? { secretRules: options.secretRules } : {}),
    });
    this.#malwareReady = this.#malware && this.#setUpMalware(this.#malware, options);
    // Whoever asks for the first layer sees the failures.
    this.#formatReady.catch(() => undefined);
    this.#malwareReady?.catch(() => undefined);
  }

  /** False when a child is gone: the worker is of no use any more. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Whether the child that reads formats has answered; false when it is gone. */
  getsReady(): Promise<boolean> {
    return this.#formatReady.then(
      () => true,
      () => false,
    );
  }

  /** Reads one layer. Throws {@link ChildGone}; an error of the stored bytes is thrown as it is. */
  async read(job: WorkerJob): Promise<WorkerAnswer> {
    this.#job += 1;
    const number = this.#job;
    const { content, limits, hashed } = job;
    try {
      await this.#formatReady;
      // A rule that does not end does not notice the end of its time. The layer then still has an index.
      const unlimit = [
        this.#format.limitTime(limits.timeMs + graceMs),
        this.#malware?.limitTime(limits.timeMs + graceMs / 2),
      ];
      try {
        const message: LayerJob = {
          number,
          content,
          riskClasses: this.#riskClasses,
          limits,
          hashed,
          ...(job.clamd === undefined ? {} : { mostBytesForClamd: job.clamd.mostBytes }),
        };
        await sendJson(this.#format, frame.job, message);
        const answer = await this.#answers(job, number);
        if (answer.malwareGone !== undefined) await this.close();
        return answer;
      } finally {
        for (const stop of unlimit) stop?.();
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#usable = false;
    await Promise.all([this.#format.end(), this.#malware?.end()]);
  }

  /** The pipe between the children is theirs alone: the parent's end of it is handed on and closed. */
  #startMalware(facts: SandboxFacts, limits: ChildLimits): Child {
    const pipe = this.#format.process.stdio[3] as Readable;
    const malware = new Child({
      facts,
      program: malwareProgram,
      limits,
      addOns: true,
      stdio: [pipe, 'pipe', 'pipe', 'pipe'],
    });
    pipe.destroy();
    return malware;
  }

  #setUpMalware(malware: Child, { facts, malwareRules, malwareHashes = [] }: WorkerOptions): Promise<void> {
    const control = malware.process.stdio[3] as Writable;
    control.on('error', () => undefined);
    return this.#setUp(malware, { ...asUser(facts), malwareRules, malwareHashes }, control);
  }

  async #setUp(child: Child, setup: Setup, to?: Writable): Promise<void> {
    const unlimit = child.limitTime(startLimitMs);
    try {
      await sendJson(child, frame.setup, setup, to);
      await child.receive(frame.ready);
    } finally {
      unlimit();
    }
  }

  async #answers(job: WorkerJob, number: number): Promise<WorkerAnswer> {
    const stop = new AbortController();
    // What an answer has to look like is loaded while the child works for it.
    const shapes = import('./messages.ts');
    // Not only the child's time is bounded: bytes may come one by one when the child has long ended the layer.
    const late = AbortSignal.timeout(asDelay(job.limits.timeMs + graceMs));
    const over = AbortSignal.any([stop.signal, job.signal, late]);
    const clamd = job.clamd?.layer(over);
    let indexBytes = 0;
    const taken = clamd && ((kind: number, content: Buffer) => clamd.take(kind, content));
    const index = this.#format.receive(frame.result, taken).then(async (content) => {
      indexBytes = content.length;
      const { parseLayerIndex } = await shapes;
      return parse(content, parseLayerIndex);
    });
    const malware = this.#askMalware(number);
    // It is waited for below. A child that is gone ends the fetching too, which may hang for other reasons.
    index.catch(() => stop.abort());
    const stopOnAbort = () => this.#format.kill();
    job.signal.addEventListener('abort', stopOnAbort);
    try {
      if (job.open !== undefined) await this.#feed(await job.open(over), index, job);
      const answer = { index: await index, indexBytes, ...(await malware) };
      return clamd === undefined ? answer : withClamd(answer, clamd.finish());
    } catch (error) {
      // What the source says when it was stopped is not the cause.
      if (stop.signal.aborted) await index;
      if (late.aborted) throw new ChildGone('time', 'took too long');
      throw error;
    } finally {
      clamd?.close();
      job.signal.removeEventListener('abort', stopOnAbort);
    }
  }

  /** Without its malware child a layer still has an index; its files are read on, and nobody takes them. */
  async #askMalware(number: number): Promise<Omit<WorkerAnswer, 'index' | 'indexBytes'>> {
    if (this.#malware === undefined) return { malware: [] };
    try {
      await this.#malwareReady;
      const { files, left } = await parseMalware(await this.#malware.receive(frame.result), number);
      return { malware: files, malwareLeft: left };
    } catch (error) {
      if (!(error instanceof ChildGone)) throw error;
      return { malware: [], malwareGone: error };
    }
  }

  /**
   * Sends the stored bytes. When the child found the layer broken and stopped, the rest is still read: only at the end it
   * shows whether the bytes were those of the digest at all. When the budget is used up there is no such reading on.
   */
  async #feed(bytes: AsyncIterable<Uint8Array>, index: Promise<LayerIndex>, job: WorkerJob): Promise<void> {
    const answer: { index?: LayerIndex } = {};
    void index.then(
      (told) => (answer.index = told),
      () => undefined,
    );
    for await (const chunk of bytes) {
      job.onBytes?.(chunk.length);
      for (let at = 0; at < chunk.length && answer.index === undefined; at += mostChunkBytes) {
        await this.#format.send(frame.data, chunk.subarray(at, at + mostChunkBytes));
      }
      if (answer.index?.incomplete.some(({ code }) => code.startsWith('budget-')) === true) break;
    }
    await this.#format.send(frame.end);
  }
}

function withClamd(answer: WorkerAnswer, { files, left, reasons }: ReturnType<ClamdLayer['finish']>): WorkerAnswer {
  const { malware, malwareLeft = 0 } = answer;
  return { ...answer, malware: [...malware, ...files], malwareLeft: malwareLeft + left, clamdReasons: reasons };
}

/** Each child becomes a user of its own. */
function asUser(facts: SandboxFacts): Pick<Setup, 'user'> {
  const user = ownUser(facts);
  return user === undefined ? {} : { user };
}

async function parseMalware(content: Buffer, number: number): Promise<MalwareResult> {
  const { malwareResult } = await import('./messages.ts');
  const result = parse(content, (value) => malwareResult.parse(value));
  if (result.job !== number) throw new ChildGone('other', 'answered another question');
  return result;
}

/** A layer with as many packages as it may tell of has less. */
const mostAnswerValues = 6_000_000;

function parse<Value>(content: Buffer, read: (value: unknown) => Value): Value {
  try {
    return read(parseDocument(content, mostAnswerValues));
  } catch (error) {
    throw new ChildGone(
      'other',
      `said what is no answer: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
    );
  }
}

/** Why a layer has no index, or not all of it, when a child is gone. */
export function reasonOf(gone: ChildGone, work = 'read the layer'): Reason {
  const code = gone.why === 'memory' ? 'budget-memory' : gone.why === 'time' ? 'budget-time' : 'child-died';
  return { code, message: `the process that ${work} ${gone.message}` };
}
