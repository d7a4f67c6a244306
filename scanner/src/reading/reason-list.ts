import type { Reason, ReasonCode } from '../model.ts';

/** More of one kind are counted, not listed: a hostile layer can have a million of them. */
const mostOfACode = 20;

/** Collects what could not be read in a layer. */
export class ReasonList {
  readonly #reasons: Reason[] = [];
  readonly #counts = new Map<ReasonCode, number>();

  add(code: ReasonCode, message: string, path?: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > mostOfACode) return;
    this.#reasons.push({ code, message, ...(path === undefined ? {} : { path: path.slice(0, 4096).toWellFormed() }) });
  }

  finish(): Reason[] {
    for (const [code, count] of this.#counts) {
      if (count > mostOfACode) this.#reasons.push({ code, message: `and ${count - mostOfACode} more` });
    }
    return this.#reasons;
  }
}
