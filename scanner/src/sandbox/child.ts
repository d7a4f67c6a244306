import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { frame, frameHeader, headerBytes, mostFrameBytes } from './frames.ts';
import { type ChildLimits, sandboxedCommand, type SandboxFacts } from './protections.ts';

const mostErrorText = 4096;

/** The child is gone, or said what no child of ours says. */
export class ChildGone extends Error {
  /** What is known of the cause: the limit that it ran into. */
  readonly why: 'memory' | 'time' | 'other';
  constructor(why: ChildGone['why'], message: string) {
    super(message);
    this.name = 'ChildGone';
    this.why = why;
  }
}

export interface ChildOptions {
  facts: SandboxFacts;
  program: URL;
  limits: ChildLimits;
  addOns: boolean;
  stdio: StdioOptions;
}

/** One child process; frames come out of its standard output, one after the other. */
export class Child {
  readonly process: ChildProcess;
  readonly #exited: Promise<ChildGone>;
  readonly #frames: AsyncGenerator<{ kind: number; content: Buffer }>;
  #errorText = '';
  #timedOut = false;

  constructor({ facts, program, limits, addOns, stdio }: ChildOptions) {
    const { command, args } = sandboxedCommand(facts, program, limits, addOns);
    // Nothing of our environment; `unshare` and `prlimit` are found on the default path.
    this.process = spawn(command, args, { stdio, env: {}, cwd: '/' });
    this.process.stderr?.on('data', (text: Buffer) => {
      if (this.#errorText.length < mostErrorText) this.#errorText += text.toString('utf8');
    });
    this.process.stdin?.on('error', () => undefined);
    this.#exited = new Promise((resolve) => {
      this.process.once('error', (error) => resolve(new ChildGone('other', `could not be started: ${error.message}`)));
      this.process.once('close', (status, signal) => resolve(this.#goneBecause(status, signal)));
    });
    this.#frames = readFrames(this.process.stdout as Readable);
  }

  /**
   * The content of the next frame, which must be of this kind; where others may come before it, they are `taken`, which throws
   * for what must not. Throws {@link ChildGone}.
   */
  async receive(kind: number, taken?: (kind: number, content: Buffer) => Promise<void>): Promise<Buffer> {
    try {
      for (let next = await this.#frames.next(); next.done !== true; next = await this.#frames.next()) {
        if (next.value.kind === kind) return next.value.content;
        if (taken === undefined) break;
        await taken(next.value.kind, next.value.content);
      }
    } catch (error) {
      this.kill();
      throw new ChildGone('other', `said what is no answer: ${String(error)}`);
    }
    this.kill();
    throw await this.#exited;
  }

  /** Sends a frame; waits where the child is slower. Quietly drops it where the child is gone: `receive` will tell. */
  async send(
    kind: number,
    content: Uint8Array = new Uint8Array(0),
    to: Writable | null = this.process.stdin,
  ): Promise<void> {
    if (to === null || to.destroyed) return;
    to.write(frameHeader(kind, content.length));
    if (!to.write(content) && !to.destroyed) await drained(to);
  }

  /** Ends it when the time is over; returns what takes the limit away. */
  limitTime(timeMs: number): () => void {
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.kill();
    }, asDelay(timeMs));
    return () => clearTimeout(timer);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  /** Ends it, and waits until it is gone. */
  async end(): Promise<void> {
    this.kill();
    await this.#exited;
  }

  #goneBecause(status: number | null, signal: NodeJS.Signals | null): ChildGone {
    const text = this.#errorText.trim();
    if (this.#timedOut || signal === 'SIGXCPU') return new ChildGone('time', 'took too long');
    if (/out of memory|allocation failed|failed to allocate|bad_alloc|ENOMEM/i.test(text))
      return new ChildGone('memory', 'needed too much memory');
    const lines = text.split('\n').filter((line) => /^\w*Error(?: \[\w+\])?: /.test(line));
    return new ChildGone(
      'other',
      `ended with ${signal ?? `status ${status}`}${lines.length > 0 ? `: ${lines[0]}` : ''}`,
    );
  }
}

/** What a timer takes; it would fire at once for more than 2^31 ms. */
export function asDelay(timeMs: number): number {
  return Math.ceil(Math.min(Math.max(0, timeMs), 2 ** 31 - 1));
}

export function sendJson(child: Child, kind: number, value: unknown, to?: Writable | null): Promise<void> {
  return child.send(kind, Buffer.from(JSON.stringify(value)), to);
}

/** Resolves when more can be written, or never will be. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

const kindsOfChildren: ReadonlySet<number> = new Set([
  frame.ready,
  frame.result,
  frame.file,
  frame.bytes,
  frame.fileEnd,
  frame.link,
  frame.forget,
]);

/** What comes is hostile until it is parsed: a frame has a known kind and a bounded length. */
export async function* readFrames(stream: Readable): AsyncGenerator<{ kind: number; content: Buffer }> {
  let chunks: Buffer[] = [];
  let held = 0;
  const take = (length: number): Buffer => {
    const all = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
    chunks = all.length > length ? [all.subarray(length)] : [];
    held = all.length - length;
    return all.subarray(0, length);
  };
  let header: { kind: number; length: number } | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    held += chunk.length;
    for (;;) {
      if (header === undefined) {
        if (held < headerBytes) break;
        const bytes = take(headerBytes);
        header = { kind: bytes[0] ?? 0, length: bytes.readUInt32BE(1) };
        if (!kindsOfChildren.has(header.kind)) throw new Error('a frame of an unknown kind');
        if (header.length > mostFrameBytes) throw new Error('a frame that is too long');
      }
      if (held < header.length) break;
      yield { kind: header.kind, content: take(header.length) };
      header = undefined;
    }
  }
}
