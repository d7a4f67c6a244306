import type { SecretHit } from '../model.ts';
import type { ByteSource } from '../packages/extractor.ts';
import type { SecretRules } from '../secrets/index.ts';
import { overlapBytes } from './file-pieces.ts';
import type { FilePiece } from './file-pieces.ts';
import type { ReasonList } from './reason-list.ts';

/** Looks for secrets in a file that comes in pieces. */
export class SecretSearch {
  readonly hits: SecretHit[] = [];
  readonly #rules: SecretRules;
  readonly #path: string;
  readonly #losses = { hits: 0, outOfTime: 0 };
  readonly #seen = new Set<string>();
  #lines = 0;

  constructor(rules: SecretRules, path: string) {
    this.#rules = rules;
    this.#path = path;
  }

  take({ bytes, last }: FilePiece): void {
    for (const hit of this.#rules.scan(this.#path, bytes, this.#losses)) {
      const line = hit.line === 0 ? 0 : hit.line + this.#lines;
      // What stands in the overlap is found twice.
      const key = `${hit.rule} ${line} ${hit.fingerprint}`;
      if (!this.#seen.has(key)) this.hits.push({ ...hit, line });
      this.#seen.add(key);
    }
    if (!last) this.#lines += countLines(bytes.subarray(0, bytes.length - overlapBytes));
  }

  finish(reasons: ReasonList): void {
    if (this.#losses.outOfTime > 0) reasons.add('budget-time', 'the search for secrets took too long', this.#path);
    if (this.#losses.hits > 0) {
      reasons.add('budget-entries', `${this.#losses.hits} more places that look like secrets`, this.#path);
    }
  }
}

/** The beginning of a file, for deciding what to do with it. */
export function headOf(content: ByteSource): Uint8Array {
  return content.read(0, Math.min(4096, content.sizeBytes));
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
  return lines;
}
