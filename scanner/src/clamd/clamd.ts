import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';
import type { MalwareHit, Reason } from '../model.ts';
import { FoundMalware } from '../sandbox/found-malware.ts';
import { frame } from '../sandbox/frames.ts';
import type { MalwareResult } from '../sandbox/messages.ts';
import type { ClamdAddress } from './address.ts';
import { ClamdFailed, ClamdSizeLimit, ClamdStream } from './clamd-stream.ts';

/** What a daemon may take at most, as it comes (`StreamMaxLength`). Larger files are not sent. */
const mostBytesForClamd = 100 * 1024 * 1024;

const silenceMs = 120_000;
const mostReasons = 20;

const text = z.string().max(8192);
const count = z.number().int().nonnegative();
const fileFrame = z.strictObject({ path: text, number: count, sizeBytes: count });
const linkFrame = z.strictObject({ path: text, number: count, target: text });
const forgetFrame = z.strictObject({ path: text });

/** A ClamAV daemon that is asked about the files of one scan. What it does not answer once is not asked of it again. */
export class Clamd {
  readonly address: ClamdAddress;
  readonly mostBytes: number = mostBytesForClamd;
  failure: ClamdFailed | undefined;

  constructor(address: ClamdAddress) {
    this.address = address;
  }

  layer(signal: AbortSignal): ClamdLayer {
    return new ClamdLayer(this, signal);
  }
}

interface AskedFile {
  path: string;
  number: number;
  sizeBytes: number;
  stream: ClamdStream;
  md5: Hash;
  sha256: Hash;
}

/** Takes the frames of the child that reads a layer, file by file, and hands them on. */
export class ClamdLayer {
  readonly #clamd: Clamd;
  readonly #signal: AbortSignal;
  readonly #found = new FoundMalware();
  readonly #tooLarge: string[] = [];
  #tooLargeCount = 0;
  #file: AskedFile | undefined;

  constructor(clamd: Clamd, signal: AbortSignal) {
    this.#clamd = clamd;
    this.#signal = signal;
  }

  /** Throws only for what is no frame of ours. */
  async take(kind: number, content: Uint8Array): Promise<void> {
    if (kind === frame.file) this.#begin(fileFrame.parse(parse(content)));
    else if (kind === frame.bytes) await this.#bytes(content);
    else if (kind === frame.fileEnd) await this.#end();
    else if (kind === frame.link) this.#found.link(linkFrame.parse(parse(content)));
    else if (kind === frame.forget) this.#found.forget(forgetFrame.parse(parse(content)).path);
    else throw new Error(`a frame of kind ${kind}`);
  }

  finish(): { files: MalwareResult['files']; left: number; reasons: Reason[] } {
    const { files, left } = this.#found.finish(0);
    const { failure } = this.#clamd;
    const reasons = this.#tooLarge.map(
      (path): Reason => ({ code: 'file-too-large', message: 'larger than clamd takes', path }),
    );
    const more = this.#tooLargeCount - reasons.length;
    if (more > 0)
      reasons.push({ code: 'file-too-large', message: `and ${more} more that are larger than clamd takes` });
    if (failure !== undefined) reasons.push({ code: 'clamd-failed', message: failure.message });
    return { files, left, reasons };
  }

  /** A file without an end was cut off: the layer ends there. */
  close(): void {
    this.#file?.stream.close();
    this.#file = undefined;
  }

  #begin(about: z.infer<typeof fileFrame>): void {
    this.close();
    this.#found.forget(about.path);
    if (about.sizeBytes > this.#clamd.mostBytes) this.#tellTooLarge(about.path);
    else if (this.#clamd.failure === undefined) {
      const { address } = this.#clamd;
      const stream = new ClamdStream({ address, timeoutMs: silenceMs, signal: this.#signal });
      this.#file = { ...about, stream, md5: createHash('md5'), sha256: createHash('sha256') };
    }
  }

  async #bytes(bytes: Uint8Array): Promise<void> {
    this.#file?.md5.update(bytes);
    this.#file?.sha256.update(bytes);
    await this.#file?.stream.write(bytes);
  }

  async #end(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    const { path, number, sizeBytes, stream, md5, sha256 } = file;
    try {
      const name = await stream.end();
      if (name === undefined) return;
      const digests = { md5: md5.digest('hex'), sha256: sha256.digest('hex') };
      this.#found.add({ path, number, sizeBytes, hits: [hitOf(name)], ...digests });
    } catch (error) {
      if (error instanceof ClamdSizeLimit) this.#tellTooLarge(path);
      else if (error instanceof ClamdFailed) this.#clamd.failure ??= error;
      else throw error;
    }
  }

  #tellTooLarge(path: string): void {
    this.#tooLargeCount += 1;
    if (this.#tooLarge.length < mostReasons) this.#tooLarge.push(path);
  }
}

/** Its own name for what it found, such as `Win.Test.EICAR_HDB-1`; `PUA` are programs that some do not want. */
function hitOf(name: string): MalwareHit {
  return {
    rule: name,
    title: `ClamAV: ${name}`,
    severity: /^(?:PUA|Heuristics)\./.test(name) ? 'medium' : 'high',
    category: 'clamav',
    author: 'ClamAV',
    tags: [],
  };
}

function parse(content: Uint8Array): unknown {
  return JSON.parse(Buffer.from(content).toString('utf8'));
}
