import { createHash } from 'node:crypto';

export const digits = '0123456789';
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const lower = 'abcdefghijklmnopqrstuvwxyz';
export const alphanumeric = `${upper}${lower}${digits}`;
export const hexadecimal = `${digits}abcdef`;
export const base64 = `${alphanumeric}+/`;
export const urlSafe = `${alphanumeric}-_`;

const bytesAtOnce = 4096;

/** Text that looks random and is the same for the same label, on every machine. */
export class SeededText {
  readonly #label: string;
  #bytes = Buffer.alloc(0);
  #at = 0;
  #round = 0;

  constructor(label: string) {
    this.#label = label;
  }

  /** 0 to `end - 1`. */
  below(end: number): number {
    return this.#next(4).readUInt32BE() % end;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  text(length: number, alphabet: string = alphanumeric): string {
    return Array.from(this.#next(length), (byte) => alphabet[byte % alphabet.length]).join('');
  }

  hex(length: number): string {
    return this.text(length, hexadecimal);
  }

  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
  }

  /** Bytes as their base64 text. */
  base64Of(byteCount: number): string {
    return this.#next(byteCount).toString('base64');
  }

  bytes(count: number): Buffer {
    return Buffer.from(this.#next(count));
  }

  #next(count: number): Buffer {
    while (this.#bytes.length - this.#at < count) {
      const hash = createHash('shake256', { outputLength: bytesAtOnce });
      const more = hash.update(`${this.#label}\0${this.#round++}`).digest();
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), more]);
      this.#at = 0;
    }
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }
}
