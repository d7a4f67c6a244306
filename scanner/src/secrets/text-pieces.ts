/**
 * A file's bytes as Latin-1 text, one character a byte, in pieces that overlap: made only where text is asked for, so that
 * a large file without keywords is never turned into a string.
 */
const PIECE = 1_048_576;
/** To each side of a piece; more than the longest match and the longest line that is looked at. */
const MARGIN = 32_768;

export class TextPieces {
  readonly #bytes: Buffer;
  #piece = -1;
  #text = '';
  #base = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The piece that the position falls in, with its margins; `base` is where the text begins in the file. */
  around(position: number): { text: string; base: number } {
    const piece = Math.floor(position / PIECE);
    if (piece !== this.#piece) {
      this.#piece = piece;
      this.#base = Math.max(0, piece * PIECE - MARGIN);
      this.#text = this.#bytes.toString(
        'latin1',
        this.#base,
        Math.min(this.#bytes.length, (piece + 1) * PIECE + MARGIN),
      );
    }
    return { text: this.#text, base: this.#base };
  }
}
