import type { ByteSource } from '../extractor.ts';
import { PackageUnreadable } from '../extractor.ts';
import { Allowance } from './allowance.ts';

/** At offset 12, in the byte order of the machine that wrote it. */
export const hashMagic = 0x061561;

const headBytes = 72;
const pageHeadBytes = 26;
const hashPages: readonly number[] = [2, 13];
const overflowPage = 7;
const hashMetaPage = 8;
/** What a value is: it stands on its page, or on pages of its own. */
const onPage = 1;
const offPage = 3;

/**
 * The packages of rpm's Berkeley DB, a hash table: the value of each key but the first, which counts them. Every page is
 * looked at, which needs no hashing. Source: Berkeley DB, `dbinc/db_page.h`. Throws `PackageUnreadable`.
 */
export function* berkeleyPackages(bytes: ByteSource): Generator<Uint8Array> {
  const reader = new HashReader(bytes);
  for (let number = 1; number <= reader.lastPage; number++) {
    const page = reader.page(number);
    if (!hashPages.includes(page.getUint8(25))) continue;
    yield* reader.values(page);
  }
}

class HashReader {
  readonly lastPage: number;
  readonly #bytes: ByteSource;
  readonly #pageBytes: number;
  readonly #littleEndian: boolean;
  readonly #allowance: Allowance;

  constructor(bytes: ByteSource) {
    this.#bytes = bytes;
    this.#allowance = new Allowance(bytes.sizeBytes);
    const head = viewOf(bytes.read(0, headBytes));
    if (head.byteLength < headBytes) throw new PackageUnreadable('a Berkeley DB that is cut');
    this.#littleEndian = head.getUint32(12, true) === hashMagic;
    this.#pageBytes = head.getUint32(20, this.#littleEndian);
    this.lastPage = head.getUint32(32, this.#littleEndian);
    if (head.getUint8(24) !== 0) throw new PackageUnreadable('a Berkeley DB that is encrypted');
    if (head.getUint8(25) !== hashMetaPage) throw new PackageUnreadable('a Berkeley DB that is no hash table');
    if (this.#pageBytes < 512 || this.#pageBytes > 65_536) {
      throw new PackageUnreadable('a Berkeley DB of a strange page size');
    }
    if ((this.lastPage + 1) * this.#pageBytes > bytes.sizeBytes)
      throw new PackageUnreadable('a Berkeley DB that is cut');
  }

  page(number: number): DataView {
    const bytes = this.#bytes.read(number * this.#pageBytes, this.#pageBytes);
    if (bytes.length < this.#pageBytes) throw new PackageUnreadable('a Berkeley DB that is cut');
    // A copy: the values of a page are read while others are.
    return viewOf(new Uint8Array(bytes));
  }

  /** Keys and values stand in turn, from the end of the page on; a list at its head tells where each begins. */
  *values(page: DataView): Generator<Uint8Array> {
    const count = page.getUint16(20, this.#littleEndian);
    if (pageHeadBytes + count * 2 > page.byteLength)
      throw new PackageUnreadable('a Berkeley DB page with too many entries');
    for (let index = 1; index < count; index += 2) {
      const start = page.getUint16(pageHeadBytes + index * 2, this.#littleEndian);
      const end = page.getUint16(pageHeadBytes + (index - 1) * 2, this.#littleEndian);
      if (start >= end || end > page.byteLength) throw new PackageUnreadable('a Berkeley DB entry outside of its page');
      const value = this.#value(page, start, end);
      if (value !== undefined) yield value;
    }
  }

  #value(page: DataView, start: number, end: number): Uint8Array | undefined {
    const kind = page.getUint8(start);
    if (kind === onPage) {
      const value = new Uint8Array(page.buffer, page.byteOffset + start + 1, end - start - 1);
      // The key 0 has the number of the next package.
      if (value.length <= 4) return undefined;
      this.#allowance.take(value.length);
      return value;
    }
    if (kind !== offPage || end - start < 12) throw new PackageUnreadable('a Berkeley DB entry of an unknown kind');
    return this.#overflow(page.getUint32(start + 4, this.#littleEndian), page.getUint32(start + 8, this.#littleEndian));
  }

  #overflow(first: number, length: number): Uint8Array {
    this.#allowance.take(length);
    const value = new Uint8Array(length);
    let next = first;
    for (let filled = 0; filled < length; ) {
      const page = this.page(next);
      const piece = page.getUint16(22, this.#littleEndian);
      if (
        page.getUint8(25) !== overflowPage ||
        piece === 0 ||
        piece > Math.min(length - filled, page.byteLength - pageHeadBytes)
      ) {
        throw new PackageUnreadable('a Berkeley DB value that breaks off');
      }
      value.set(new Uint8Array(page.buffer, page.byteOffset + pageHeadBytes, piece), filled);
      filled += piece;
      next = page.getUint32(16, this.#littleEndian);
    }
    return value;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
