const filterBits = 1 << 16;
/** Names differ in their last characters, and paths in those and their length. Few: what runs seldom runs slowly. */
const mostCharacters = 12;

/**
 * Texts of which most are not among a few known ones. Says which cannot be, without making the part of a path a text of its own,
 * and without the search in a table of all texts that a `Map` begins with: that is most of what a file costs that nobody wants.
 */
export class PathFilter {
  readonly #bits = new Uint8Array(filterBits / 8);

  add(text: string): void {
    const bit = bitOf(text, 0);
    this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  /** False where what stands from `from` on was never added; true may be wrong. */
  mayHold(text: string, from = 0): boolean {
    const bit = bitOf(text, from);
    return ((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

function bitOf(text: string, from: number): number {
  const { length } = text;
  let hash = length - from;
  for (let at = Math.max(from, length - mostCharacters); at < length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (filterBits - 1);
}
