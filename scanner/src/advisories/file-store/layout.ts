/**
 * A file of advisories that opens in a moment whatever its size: JSON texts, and a table of hashes that is searched in
 * memory. In order: header, heads of records, one text for each package, hashes, offsets, lengths, facts about the file.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Enrichment } from '../enrichment.ts';
import type { OsvAffected, OsvRecord } from '../osv-record.ts';

/** Goes up with the form of the file, of the records in it, and of the names that they are kept under. */
export const formatVersion = 5;

export const magic = 'WHFADV\r\n';
/** Magic, three numbers of 8 bytes, padding. */
export const headerBytes = 64;

export interface Header {
  /** Where the table begins; a multiple of 8. */
  tableOffset: number;
  keyCount: number;
  fileBytes: number;
}

/** What a file tells of itself. */
export interface FileFacts {
  formatVersion: number;
  /** What the file was made from; empty where nobody asked. */
  fingerprint: string;
  records: number;
  newest: string;
  refusedCount: number;
  /** The first of them. */
  refused: { where: string; id: string; reason: string }[];
}

/** @internal */
export const fileFacts = z.object({
  formatVersion: z.literal(formatVersion),
  fingerprint: z.string(),
  records: z.int(),
  newest: z.string(),
  refusedCount: z.int(),
  refused: z.array(z.object({ where: z.string(), id: z.string(), reason: z.string() })),
}) satisfies z.ZodType<FileFacts>;

/**
 * What stands under a key: the entries for that package with the rest of each record, or where that lies: a record that
 * names several packages has its head in the file once, one that names a single package is read in one go. We write these texts from parsed records and read them as they are.
 */
export interface KeyText {
  key: string;
  records: { head: OsvHead | HeadPlace; affected: OsvAffected[] }[];
}

export type OsvHead = Omit<OsvRecord, 'affected'>;
export type HeadPlace = [offset: number, length: number];

/** What is known of a flaw itself stands under its CVE id, which is the key of no package: those have two parts. */
export interface EnrichmentText {
  key: string;
  enrichment: Enrichment;
}

/** 48 bits, so that a plain number holds them. Two keys may share a hash: each text names its key. */
export function hashOf(key: string): number {
  return hash('sha256', key, 'buffer').readUIntBE(0, 6);
}

export function encodeHeader({ tableOffset, keyCount, fileBytes }: Header): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, 0, 'latin1');
  bytes.writeDoubleLE(tableOffset, 8);
  bytes.writeDoubleLE(keyCount, 16);
  bytes.writeDoubleLE(fileBytes, 24);
  return bytes;
}

/** Undefined when these are not the first bytes of such a file. */
export function decodeHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  const header = {
    tableOffset: bytes.readDoubleLE(8),
    keyCount: bytes.readDoubleLE(16),
    fileBytes: bytes.readDoubleLE(24),
  };
  const fits = Number.isSafeInteger(header.keyCount) && header.keyCount >= 0 && factsOffset(header) <= header.fileBytes;
  return fits && header.tableOffset >= headerBytes && header.tableOffset % 8 === 0 ? header : undefined;
}

/** Bytes of a hash, an offset and a length. */
const entryBytes = 8 + 8 + 4;

export function factsOffset({ tableOffset, keyCount }: Pick<Header, 'tableOffset' | 'keyCount'>): number {
  return tableOffset + keyCount * entryBytes;
}
