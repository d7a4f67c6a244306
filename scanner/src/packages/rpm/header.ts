import type { Package } from '../../model.ts';
import { PackageUnreadable } from '../extractor.ts';

/** Numbers of what a header can hold. Source: rpm, `include/rpm/rpmtag.h`. */
const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  sourcePackage: 1044,
  folderNumbers: 1116,
  fileNames: 1117,
  folderNames: 1118,
  modularity: 5096,
} as const;

const entryBytes = 16;
const int32 = 4;
const stringTypes: readonly number[] = [6, 8, 9];
/** rpm itself takes no larger ones (`HEADER_TAGS_MAX`, `HEADER_DATA_MAX`). */
const maxEntries = 0xffff;

interface Entry {
  type: number;
  offset: number;
  count: number;
}

/**
 * One package of an rpm database: a list of entries and the data that they point to, all numbers with the high byte first.
 * Source: rpm, `docs/manual/format_header.md`. Throws `PackageUnreadable`.
 */
export class RpmHeader {
  readonly #entries = new Map<number, Entry>();
  readonly #data: Buffer;

  constructor(blob: Uint8Array) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    if (view.byteLength < 8) throw new PackageUnreadable('a package that is shorter than its head');
    const count = view.getUint32(0);
    const dataBytes = view.getUint32(4);
    const dataStart = 8 + count * entryBytes;
    if (count > maxEntries || dataStart + dataBytes > view.byteLength) {
      throw new PackageUnreadable('a package that is shorter than it says');
    }
    this.#data = Buffer.from(blob.buffer, blob.byteOffset + dataStart, dataBytes);
    for (let at = 8; at < dataStart; at += entryBytes) {
      const tag = view.getUint32(at);
      const entry = { type: view.getUint32(at + 4), offset: view.getUint32(at + 8), count: view.getUint32(at + 12) };
      if (!this.#entries.has(tag)) this.#entries.set(tag, entry);
    }
  }

  /** Undefined without a name or version. */
  package(): Package | undefined {
    const name = this.#text(tags.name);
    const version = this.#text(tags.version);
    if (name === '' || version === '') return undefined;
    const release = this.#text(tags.release);
    const [epoch] = this.#numbers(tags.epoch);
    const before = epoch === undefined ? '' : `${epoch}:`;
    const architecture = this.#text(tags.architecture);
    const modularity = this.#text(tags.modularity);
    const source = sourceOf(this.#text(tags.sourcePackage), before);
    return {
      kind: 'rpm',
      name,
      version: `${before}${version}${release === '' ? '' : `-${release}`}`,
      ...(architecture === '' ? {} : { architecture }),
      ...(source === undefined ? {} : { source }),
      ...(modularity === '' ? {} : { modularity }),
    };
  }

  /** Files of the package, one at a time: all together may be far larger than what tells of them. */
  *paths(): Generator<string> {
    const folders = this.#texts(tags.folderNames).map((folder) => folder.replace(/^\/+/, ''));
    const numbers = this.#numbers(tags.folderNumbers);
    for (const [index, name] of this.#texts(tags.fileNames).entries()) {
      yield `${folders[numbers[index] ?? -1] ?? ''}${name}`;
    }
  }

  #text(tag: number): string {
    const entry = this.#entries.get(tag);
    return entry !== undefined && stringTypes.includes(entry.type) ? this.#textAt(entry.offset).text : '';
  }

  #texts(tag: number): string[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || !stringTypes.includes(entry.type)) return [];
    const texts: string[] = [];
    let at = entry.offset;
    while (texts.length < entry.count && at < this.#data.length) {
      const { text, next } = this.#textAt(at);
      texts.push(text);
      at = next;
    }
    return texts;
  }

  #textAt(offset: number): { text: string; next: number } {
    const end = offset < this.#data.length ? this.#data.indexOf(0, offset) : -1;
    // What no zero ends is cut: a name that may not be one.
    return end === -1
      ? { text: '', next: this.#data.length }
      : { text: this.#data.toString('utf8', offset, end), next: end + 1 };
  }

  #numbers(tag: number): number[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined || entry.type !== int32) return [];
    const count = Math.min(entry.count, Math.floor(Math.max(0, this.#data.length - entry.offset) / 4));
    return Array.from({ length: count }, (_, index) => this.#data.readUInt32BE(entry.offset + index * 4));
  }
}

/** `glibc-2.28-151.el8.src.rpm`: a name can have hyphens, a version and a release cannot. The epoch is not in it. */
export function sourceOf(file: string, epoch: string): Package['source'] {
  const [, name, version] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version: `${epoch}${version}` };
}
