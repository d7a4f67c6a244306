import type { Reason, ReasonCode } from '../model.ts';

/** More of one kind are counted, not listed: a hostile layer can have a million of them. */
const mostOfACode = 20;
/** Both may hold what a hostile file says of itself: the parent believes no longer texts, and no database takes a NUL. */
const mostMessage = 1000;
const mostPath = 4096;

/** Collects what could not be read in a layer. */
export class ReasonList {
  readonly #reasons: Reason[] = [];
  readonly #counts = new Map<ReasonCode, number>();

  add(code: ReasonCode, message: string, path?: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > mostOfACode) return;
    this.#reasons.push({
      code,
      message: plain(message, mostMessage),
      ...(path === undefined ? {} : { path: plain(path, mostPath) }),
    });
  }

  finish(): Reason[] {
    for (const [code, count] of this.#counts) {
      if (count > mostOfACode) this.#reasons.push({ code, message: `and ${count - mostOfACode} more` });
    }
    return this.#reasons;
  }
}

function plain(text: string, most: number): string {
  return text.slice(0, most).toWellFormed().replaceAll('\0', '\ufffd');
}
