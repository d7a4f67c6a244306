import { createConnection, type Socket } from 'node:net';
import { type ClamdAddress, clamdAddressText } from './address.ts';

/** The daemon is not there, breaks off, or says what is no verdict. */
export class ClamdFailed extends Error {
  constructor(address: ClamdAddress, what: string, options?: ErrorOptions) {
    super(`clamd at ${clamdAddressText(address)} ${what}`, options);
    this.name = 'ClamdFailed';
  }
}

/** The daemon takes no files of this size (`StreamMaxLength`). */
export class ClamdSizeLimit extends Error {}

/** Two answers of the daemon would be shorter. */
const longestAnswer = 4096;
const longestName = 200;

export interface ClamdOptions {
  address: ClamdAddress;
  /** How long the daemon may be silent. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * One file for a ClamAV daemon, by its command INSTREAM: chunks with their length before them, the last one empty, then the
 * verdict. A connection for each: what breaks one file leaves the next. Source: clamd(8), "COMMANDS".
 */
export class ClamdStream {
  readonly #address: ClamdAddress;
  readonly #socket: Socket;
  readonly #answer: Promise<string>;
  #closed = false;

  constructor({ address, timeoutMs, signal }: ClamdOptions) {
    this.#address = address;
    this.#socket = createConnection(address);
    this.#answer = this.#readAnswer(timeoutMs, signal);
    // Whoever ends the file sees it.
    this.#answer.catch(() => undefined);
    this.#socket.write('zINSTREAM\0');
  }

  /** Waits where the daemon is slower. What goes wrong is told at the end. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed || bytes.length === 0) return;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    this.#socket.write(length);
    if (this.#socket.write(bytes)) return;
    const drained = new Promise<void>((resolve) => this.#socket.once('drain', resolve));
    await Promise.race([drained, this.#answer.catch(() => undefined)]);
  }

  /** The name of what was found, if anything. Throws {@link ClamdFailed}, {@link ClamdSizeLimit}. */
  async end(): Promise<string | undefined> {
    if (!this.#closed) this.#socket.write(Buffer.alloc(4));
    const answer = await this.#answer;
    if (answer === 'stream: OK') return undefined;
    const [, name] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
    if (name !== undefined) return name.slice(0, longestName).toWellFormed();
    if (answer.startsWith('INSTREAM size limit exceeded')) throw new ClamdSizeLimit('larger than clamd takes');
    throw new ClamdFailed(this.#address, `says what is no verdict: ${JSON.stringify(answer.slice(0, longestName))}`);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  /** What stands before the first NUL, or the end. */
  #readAnswer(timeoutMs: number, signal: AbortSignal): Promise<string> {
    const socket = this.#socket;
    return new Promise<string>((resolve, reject) => {
      const fail = (what: string, cause?: unknown) => reject(new ClamdFailed(this.#address, what, { cause }));
      const abort = () => fail('was not waited for any longer');
      let answer = '';
      socket.setTimeout(timeoutMs, () => fail(`was silent for ${Math.round(timeoutMs / 1000)} s`));
      socket.on('data', (bytes: Buffer) => {
        answer += bytes.toString('latin1');
        const end = answer.indexOf('\0');
        if (end >= 0) resolve(answer.slice(0, end));
        else if (answer.length > longestAnswer) fail('does not come to an end');
      });
      socket.on('end', () => fail('breaks off'));
      socket.on('error', (error: NodeJS.ErrnoException) =>
        fail(`cannot be reached: ${error.code ?? error.message}`, error),
      );
      socket.on('close', () => fail('breaks off'));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      socket.once('close', () => signal.removeEventListener('abort', abort));
    }).finally(() => this.close());
  }
}
