import { type AskedFile, handedOnBytes, type MalwareSink, type Wish } from '../reading/malware-search.ts';
import { BufferedFrames, frame } from './frames.ts';
import type { MalwarePipe } from './malware-pipe.ts';

/**
 * Sends files to the parent too, which asks a ClamAV daemon: children have no network. Only whole files, since that daemon
 * unpacks archives itself; of one that is too large only that it is there.
 */
export class ClamdPipe implements MalwareSink {
  readonly #frames: BufferedFrames;
  readonly #rules: MalwarePipe;
  readonly #mostBytes: number;
  /** The number of the file that was sent last. */
  #last = -1;
  #toRules = false;
  #toClamd = false;

  constructor(fd: number, rules: MalwarePipe, mostBytes: number) {
    this.#frames = new BufferedFrames(fd);
    this.#rules = rules;
    this.#mostBytes = mostBytes;
  }

  wants(path: string, sizeBytes: number, head?: Uint8Array, isInside = false): Wish {
    return this.#rules.wants(path, sizeBytes, head) ?? (isInside ? undefined : 'digests');
  }

  begin(file: AskedFile): void {
    const { path, number, sizeBytes, inside, digestsOnly } = file;
    this.#toRules = digestsOnly !== true || this.#rules.asksDigests;
    // A file that only begins like an archive is handed on a second time, for the rules.
    const isNew = inside === undefined && number !== this.#last;
    if (this.#toRules) this.#rules.begin(file);
    else this.#rules.forget(path);
    if (isNew) this.#frames.writeJson(frame.file, { path, number, sizeBytes });
    this.#toClamd = isNew && sizeBytes <= this.#mostBytes;
    if (isNew) this.#last = number;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#toRules) this.#rules.bytes(bytes);
    for (let at = 0; this.#toClamd && at < bytes.length; at += handedOnBytes) {
      this.#frames.write(frame.bytes, bytes.subarray(at, at + handedOnBytes));
    }
  }

  end(): void {
    if (this.#toRules) this.#rules.end();
    if (this.#toClamd) this.#frames.write(frame.fileEnd);
  }

  link(link: { path: string; number: number; target: string }): void {
    this.#rules.link(link);
    this.#frames.writeJson(frame.link, link);
  }

  forget(path: string): void {
    this.#rules.forget(path);
    this.#frames.writeJson(frame.forget, { path });
  }

  endLayer(job: number): void {
    this.#rules.endLayer(job);
    this.#frames.flush();
  }
}
