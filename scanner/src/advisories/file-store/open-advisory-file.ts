import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { keyText } from '../../matching/ecosystems.ts';
import type { AdvisoryLookup } from '../advisory-lookup.ts';
import { AdvisoryReadError } from '../advisory-read-error.ts';
import type { Enrichment } from '../enrichment.ts';
import type { OsvRecord } from '../osv-record.ts';
import {
  decodeHeader,
  type EnrichmentText,
  factsOffset,
  fileFacts,
  hashOf,
  headerBytes,
  type FileFacts,
  type HeadPlace,
  type KeyText,
  type OsvHead,
} from './layout.ts';

/** Advisories in a file that stays open. */
export interface AdvisoryFileLookup extends AdvisoryLookup {
  readonly facts: FileFacts;
  close(): void;
}

/** Opens a file that `writeAdvisoryFile` wrote. Throws {@link AdvisoryReadError} when it is none, or a broken one. */
export function openAdvisoryFile(path: string): AdvisoryFileLookup {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new AdvisoryReadError('advisories-unreadable', `${path}: cannot be opened`, { cause: error });
  }
  try {
    return lookupIn(fd, path);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function lookupIn(fd: number, path: string): AdvisoryFileLookup {
  const broken = (cause?: unknown) =>
    new AdvisoryReadError('advisories-corrupt', `${path}: is no file of advisories, or a broken one`, { cause });
  const header = decodeHeader(readAt(fd, 0, headerBytes));
  if (header === undefined || header.fileBytes !== fstatSync(fd).size) throw broken();
  const { tableOffset, keyCount, fileBytes } = header;
  const tail = readAt(fd, tableOffset, fileBytes - tableOffset);
  const hashes = new Float64Array(tail.buffer, tail.byteOffset, keyCount);
  const offsets = new Float64Array(tail.buffer, tail.byteOffset + keyCount * 8, keyCount);
  const lengths = new Uint32Array(tail.buffer, tail.byteOffset + keyCount * 16, keyCount);
  const facts = parseFacts(tail.subarray(factsOffset(header) - tableOffset));
  if (facts === undefined) throw broken();

  function readHead(head: OsvHead | HeadPlace): OsvHead {
    if (!Array.isArray(head)) return head;
    const [offset, length] = head;
    return JSON.parse(readText(fd, offset, length)) as OsvHead;
  }

  /** Undefined where nothing stands under the key. */
  function readKey(key: string): string | undefined {
    const hash = hashOf(key);
    for (let index = lowerBound(hashes, hash); hashes[index] === hash; index++) {
      const text = readText(fd, offsets[index] ?? 0, lengths[index] ?? 0);
      if (!text.startsWith(`{"key":${JSON.stringify(key)},`)) continue;
      return text;
    }
    return undefined;
  }

  function findRecords(key: string): OsvRecord[] {
    const text = readKey(key);
    if (text === undefined) return [];
    return (JSON.parse(text) as KeyText).records.map(({ head, affected }) => ({ ...readHead(head), affected }));
  }

  function findEnrichment(cve: string): Enrichment[] {
    const text = readKey(cve);
    return text === undefined ? [] : [(JSON.parse(text) as EnrichmentText).enrichment];
  }

  return {
    facts,
    async find(keys) {
      try {
        return keys.flatMap((key) => findRecords(keyText(key)));
      } catch (error) {
        throw broken(error);
      }
    },
    async enrich(cves) {
      try {
        return cves.flatMap(findEnrichment);
      } catch (error) {
        throw broken(error);
      }
    },
    async summary() {
      return { records: facts.records, newest: facts.newest };
    },
    close: () => closeSync(fd),
  };
}

function parseFacts(bytes: Buffer): FileFacts | undefined {
  try {
    return fileFacts.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Nearly all texts are shorter: thousands of buffers of their own would keep the garbage collector busy. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

function readText(fd: number, offset: number, length: number): string {
  if (length > scratch.length) return readAt(fd, offset, length).toString('utf8');
  const read = readSync(fd, scratch, 0, length, offset);
  // Local files give less than is asked for at their end only, or where a signal came between.
  return read === length ? scratch.toString('utf8', 0, length) : readAt(fd, offset, length).toString('utf8');
}

/** A buffer of its own memory, so that numbers in it are aligned. Fewer bytes only at the end of the file. */
function readAt(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, offset + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** The first place whose number is not below the one looked for. */
function lowerBound(sorted: Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
