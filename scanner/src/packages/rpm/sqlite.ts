import type { ByteSource } from '../extractor.ts';
import { PackageUnreadable } from '../extractor.ts';
import { Allowance } from './allowance.ts';

export const sqliteMagic = 'SQLite format 3\0';

const headBytes = 100;
const interiorPage = 5;
const leafPage = 13;
/** A tree of the largest database that SQLite allows is not as deep. */
const maxDepth = 32;

/**
 * The packages of rpm's SQLite database: the second column of table `Packages`, one header a row. Read page by page: a
 * driver would want a file or all of it in memory. Source: sqlite.org/fileformat.html. Throws `PackageUnreadable`.
 */
export function* sqlitePackages(bytes: ByteSource): Generator<Uint8Array> {
  const tree = new TableReader(bytes);
  for (const row of tree.rows(1)) {
    const [type, name, , root] = columnsOf(row);
    if (textOf(type) !== 'table' || textOf(name) !== 'Packages') continue;
    for (const found of tree.rows(numberOf(root))) {
      const blob = columnsOf(found)[1];
      if (blob !== undefined && blob.length > 0) yield blob;
    }
    return;
  }
  throw new PackageUnreadable('an SQLite database without table Packages');
}

class TableReader {
  readonly #bytes: ByteSource;
  readonly #pageBytes: number;
  readonly #usable: number;
  readonly #seen = new Set<number>();
  readonly #allowance: Allowance;

  constructor(bytes: ByteSource) {
    this.#bytes = bytes;
    this.#allowance = new Allowance(bytes.sizeBytes);
    const head = viewOf(bytes.read(0, headBytes));
    if (head.byteLength < headBytes) throw new PackageUnreadable('an SQLite database that is cut');
    const told = head.getUint16(16);
    this.#pageBytes = told === 1 ? 65_536 : told;
    this.#usable = this.#pageBytes - head.getUint8(20);
    // Source: "The minimum usable size".
    if (this.#pageBytes < 512 || this.#usable < 480)
      throw new PackageUnreadable('an SQLite database of a strange page size');
  }

  /** The rows of a table as records, in the order of their keys. */
  *rows(root: number, depth = 0): Generator<Uint8Array> {
    if (depth > maxDepth) throw new PackageUnreadable('an SQLite database that turns in a circle');
    this.#enter(root);
    const page = this.#page(root);
    const at = root === 1 ? headBytes : 0;
    const kind = page.getUint8(at);
    if (kind !== interiorPage && kind !== leafPage) throw new PackageUnreadable('an SQLite page that is of no table');
    const count = page.getUint16(at + 3);
    const pointers = at + (kind === interiorPage ? 12 : 8);
    if (pointers + count * 2 > page.byteLength) throw new PackageUnreadable('an SQLite page with too many cells');
    for (let index = 0; index < count; index++) {
      const cell = page.getUint16(pointers + index * 2);
      if (cell + 4 > page.byteLength) throw new PackageUnreadable('an SQLite cell outside of its page');
      if (kind === interiorPage) yield* this.rows(page.getUint32(cell), depth + 1);
      else yield this.#record(page, cell);
    }
    if (kind === interiorPage) yield* this.rows(page.getUint32(at + 8), depth + 1);
  }

  /** Each page belongs to one table, or to one row. */
  #enter(page: number): void {
    if (this.#seen.has(page)) throw new PackageUnreadable('an SQLite database that turns in a circle');
    this.#seen.add(page);
  }

  #page(number: number): DataView {
    // There is no page 0: what stands before the file is another one.
    if (number < 1) throw new PackageUnreadable('an SQLite database that points to no page');
    const view = viewOf(this.#bytes.read((number - 1) * this.#pageBytes, this.#pageBytes));
    if (view.byteLength < this.#pageBytes) throw new PackageUnreadable('an SQLite database that is cut');
    // A copy: the rows of a page are read while others are.
    return viewOf(new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)));
  }

  /** What stands in the cell, and on the pages where it goes on. */
  #record(page: DataView, cell: number): Uint8Array {
    const length = readVarint(page, cell);
    const key = readVarint(page, length.next);
    const local = this.#localBytes(length.value);
    this.#allowance.take(length.value);
    if (key.next + local + (local < length.value ? 4 : 0) > page.byteLength) {
      throw new PackageUnreadable('an SQLite cell outside of its page');
    }
    const record = new Uint8Array(length.value);
    record.set(new Uint8Array(page.buffer, page.byteOffset + key.next, local));
    let next = local < length.value ? page.getUint32(key.next + local) : 0;
    for (let filled = local; filled < length.value; ) {
      this.#enter(next);
      const further = this.#page(next);
      const piece = Math.min(length.value - filled, this.#usable - 4);
      record.set(new Uint8Array(further.buffer, further.byteOffset + 4, piece), filled);
      filled += piece;
      next = further.getUint32(0);
    }
    return record;
  }

  /** Source: "B-tree Cell Format", how much of a payload stands on the leaf. */
  #localBytes(length: number): number {
    const most = this.#usable - 35;
    if (length <= most) return length;
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const fitting = least + ((length - least) % (this.#usable - 4));
    return fitting <= most ? fitting : least;
  }
}

/** The columns of a record as they are stored. Source: "Record Format". */
function columnsOf(record: Uint8Array): Uint8Array[] {
  const view = viewOf(record);
  const head = readVarint(view, 0);
  const columns: Uint8Array[] = [];
  let offset = head.value;
  for (let at = head.next; at < head.value; ) {
    const type = readVarint(view, at);
    const length = storedBytes(type.value);
    if (offset + length > record.length) throw new PackageUnreadable('an SQLite record that is cut');
    columns.push(record.subarray(offset, offset + length));
    offset += length;
    at = type.next;
  }
  return columns;
}

function storedBytes(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type] ?? 0;
}

/** Seven bits a byte, the high ones first, nine bytes at most. */
function readVarint(view: DataView, at: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    if (at + index >= view.byteLength) throw new PackageUnreadable('an SQLite number that is cut');
    const byte = view.getUint8(at + index);
    if (index === 8) return { value: value * 256 + byte, next: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  throw new PackageUnreadable('an SQLite number that is cut');
}

function textOf(column: Uint8Array | undefined): string {
  return Buffer.from(column ?? []).toString('latin1');
}

function numberOf(column: Uint8Array | undefined): number {
  return Array.from(column ?? []).reduce((number, byte) => number * 256 + byte, 0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
