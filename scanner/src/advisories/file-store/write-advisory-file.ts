import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { compareTimes, supersedes } from '../../matching/match-records.ts';
import { advisoryKey, keyText } from '../../matching/ecosystems.ts';
import { type Enrichment, indexEnrichment } from '../enrichment.ts';
import type { OsvAffected, OsvRecord } from '../osv-record.ts';
import type { RefusedAdvisory } from '../read-advisories.ts';
import {
  encodeHeader,
  type EnrichmentText,
  factsOffset,
  formatVersion,
  hashOf,
  headerBytes,
  type FileFacts,
  type HeadPlace,
  type KeyText,
} from './layout.ts';

export interface WriteAdvisoryFileOptions {
  fingerprint?: string;
  /** Read when all records have come. */
  refused?(): { count: number; first: RefusedAdvisory[] };
  /** Read when all records have come. */
  enrichment?(): Iterable<Enrichment>;
}

/**
 * Writes a file that {@link openAdvisoryFile} reads, in place of any file of that name, whole or not at all. Of records
 * with one id the newest stays, unless it is withdrawn. In memory are the ids and places only.
 */
export async function writeAdvisoryFile(
  path: string,
  records: AsyncIterable<OsvRecord> | Iterable<OsvRecord>,
  options: WriteAdvisoryFileOptions = {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const spill = createWriter(`${temporary}.pieces`);
  const file = createWriter(temporary);
  try {
    file.append(Buffer.alloc(headerBytes));
    const kept = await writeHeads(records, file, spill);
    writeFile(file, spill, kept, options);
    fdatasyncSync(file.fd);
    renameSync(temporary, path);
  } finally {
    for (const writer of [spill, file]) closeSync(writer.fd);
    rmSync(`${temporary}.pieces`, { force: true });
    rmSync(temporary, { force: true });
  }
}

/** A record whose entries for each package that it names are in the spill file; its head with them, or in the file. */
interface Spilled {
  record: Pick<OsvRecord, 'id' | 'modified' | 'starter' | 'withdrawn'>;
  pieces: { key: string; place: Place }[];
}

interface Place {
  offset: number;
  length: number;
}

async function writeHeads(
  records: AsyncIterable<OsvRecord> | Iterable<OsvRecord>,
  file: Writer,
  spill: Writer,
): Promise<Map<string, Spilled>> {
  const kept = new Map<string, Spilled>();
  for await (const record of records) {
    const { id, modified, starter, withdrawn } = record;
    const other = kept.get(id);
    if (other && !supersedes(record, other.record)) continue;
    const facts = { id, modified, ...(starter ? { starter } : {}), ...(withdrawn ? { withdrawn } : {}) };
    kept.set(id, { record: facts, pieces: withdrawn ? [] : writeRecord(record, file, spill) });
  }
  spill.flush();
  return kept;
}

function writeRecord(record: OsvRecord, file: Writer, spill: Writer): Spilled['pieces'] {
  const { affected, ...rest } = record;
  const entriesOfKey = new Map<string, OsvAffected[]>();
  for (const entry of affected) {
    const key = keyText(advisoryKey(entry.ecosystem, entry.name));
    const entries = entriesOfKey.get(key);
    if (entries) entries.push(entry);
    else entriesOfKey.set(key, [entry]);
  }
  if (entriesOfKey.size === 0) return [];
  const head = entriesOfKey.size === 1 ? rest : placeOf(file.append(Buffer.from(JSON.stringify(rest))));
  return [...entriesOfKey].map(([key, entries]) => ({
    key,
    place: spill.append(Buffer.from(JSON.stringify({ head, affected: entries } satisfies KeyText['records'][number]))),
  }));
}

function placeOf({ offset, length }: Place): HeadPlace {
  return [offset, length];
}

function writeFile(file: Writer, spill: Writer, kept: Map<string, Spilled>, options: WriteAdvisoryFileOptions): void {
  const table = [...byKey(kept)]
    .map(([key, places]) => ({ hash: hashOf(key), place: writeKey(file, spill, key, places) }))
    .concat(writeEnrichment(file, options.enrichment?.() ?? []))
    .sort((a, b) => a.hash - b.hash);
  file.append(Buffer.alloc((8 - (file.size % 8)) % 8));
  const tableOffset = file.size;
  file.append(bytesOf(Float64Array.from(table, ({ hash }) => hash)));
  file.append(bytesOf(Float64Array.from(table, ({ place }) => place.offset)));
  file.append(bytesOf(Uint32Array.from(table, ({ place }) => place.length)));
  const facts = Buffer.from(JSON.stringify(factsOf(kept, options)));
  file.append(facts);
  file.flush();
  const keyCount = table.length;
  const fileBytes = factsOffset({ tableOffset, keyCount }) + facts.length;
  writeSync(file.fd, encodeHeader({ tableOffset, keyCount, fileBytes }), 0, headerBytes, 0);
}

function byKey(kept: Map<string, Spilled>): Map<string, Place[]> {
  const places = new Map<string, Place[]>();
  for (const { pieces } of kept.values()) {
    for (const { key, place } of pieces) {
      const known = places.get(key);
      if (known) known.push(place);
      else places.set(key, [place]);
    }
  }
  return places;
}

function writeKey(file: Writer, spill: Writer, key: string, places: readonly Place[]): Place {
  const parts = [Buffer.from(`{"key":${JSON.stringify(key)},"records":[`)];
  for (const [index, { offset, length }] of places.entries()) {
    if (index > 0) parts.push(Buffer.from(','));
    const piece = Buffer.allocUnsafe(length);
    readSync(spill.fd, piece, 0, length, offset);
    parts.push(piece);
  }
  parts.push(Buffer.from(']}'));
  return file.append(Buffer.concat(parts));
}

function writeEnrichment(file: Writer, told: Iterable<Enrichment>): { hash: number; place: Place }[] {
  return [...indexEnrichment(told)].map(([cve, enrichment]) => {
    const text = { key: cve, enrichment } satisfies EnrichmentText;
    return { hash: hashOf(cve), place: file.append(Buffer.from(JSON.stringify(text))) };
  });
}

function factsOf(kept: Map<string, Spilled>, options: WriteAdvisoryFileOptions): FileFacts {
  const standing = [...kept.values()].filter(({ record }) => !record.withdrawn);
  const { count, first } = options.refused?.() ?? { count: 0, first: [] };
  return {
    formatVersion,
    fingerprint: options.fingerprint ?? '',
    records: standing.length,
    newest: standing.reduce(
      (newest, { record }) => (newest === '' || compareTimes(record.modified, newest) > 0 ? record.modified : newest),
      '',
    ),
    refusedCount: count,
    refused: first,
  };
}

function bytesOf(numbers: Float64Array | Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

interface Writer {
  readonly fd: number;
  /** Bytes appended so far. */
  readonly size: number;
  append(bytes: Buffer): Place;
  flush(): void;
}

const flushBytes = 1024 * 1024;

/** Collects what is appended and writes it in large pieces. */
function createWriter(path: string): Writer {
  const fd = openSync(path, 'wx+', 0o600);
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let size = 0;
  const flush = () => {
    let bytes = Buffer.concat(waiting);
    while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
    waiting = [];
    waitingBytes = 0;
  };
  return {
    fd,
    get size() {
      return size;
    },
    append(bytes) {
      const place = { offset: size, length: bytes.length };
      waiting.push(bytes);
      waitingBytes += bytes.length;
      size += bytes.length;
      if (waitingBytes >= flushBytes) flush();
      return place;
    },
    flush,
  };
}
