/**
 * The archive of an export: a zip with a file of JSON lines for each part, and a manifest that counts them. Everything in
 * it is as it was at one instant; however much there is, a few hundred rows of it are in memory.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { AppTransaction } from '../../../platform/database/index.ts';
import type { ExportPart } from '../../../platform/export/index.ts';

/** Grows when a reader of older archives would not understand a new one. */
export const schemaVersion = 1;

export interface ExportedFile {
  name: string;
  domain: string;
  rows: number;
  sizeBytes: number;
  /** Hex, of the file as it is unpacked. */
  sha256: string;
}

export interface Archive {
  /** The zip. What fails while the parts are read fails here. */
  content: Readable;
  /** Complete when the content has been read to its end. */
  files: readonly ExportedFile[];
}

export interface ArchiveFacts {
  tenant: bigint;
  exportId: bigint;
  snapshotAt: Temporal.Instant;
}

const manifestName = 'manifest.json';
const chunkCharacters = 64 * 1024;

/** Begins an archive; the parts are read one after the other, in this transaction, as the content is taken. */
export function writeArchive(
  tx: AppTransaction,
  parts: readonly ExportPart[],
  facts: ArchiveFacts,
  signal: AbortSignal,
): Archive {
  const zip = new ZipFile();
  const content = zip.outputStream;
  if (!(content instanceof Readable)) throw new Error('the output of a zip is a stream of this runtime');
  const files: ExportedFile[] = [];
  let part: Readable | undefined;
  // Who takes the content is told of it; the zip's own pipe emits it once more.
  content.on('error', () => undefined);
  // Nobody takes the rest: nothing more is read.
  content.once('close', () => part?.destroy());
  const add = (name: string, chunks: () => AsyncIterable<Buffer>) =>
    zip.addReadStreamLazy(name, (ready) => {
      part = Readable.from(chunks(), { objectMode: false });
      part.once('error', (error) => content.destroy(error));
      ready(null, part);
    });
  zip.once('error', (error: Error) => content.destroy(error));
  for (const one of parts) add(`${one.name}.ndjson`, () => fileOf(tx, one, files, signal));
  add(manifestName, () => manifestOf(facts, files));
  zip.end();
  return { content, files };
}

async function* fileOf(
  tx: AppTransaction,
  part: ExportPart,
  files: ExportedFile[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const file = { name: `${part.name}.ndjson`, domain: part.domain, rows: 0, sizeBytes: 0 };
  for await (const text of inChunks(part.lines(tx), () => (file.rows += 1))) {
    signal.throwIfAborted();
    const chunk = Buffer.from(text);
    hash.update(chunk);
    file.sizeBytes += chunk.length;
    yield chunk;
  }
  files.push({ ...file, sha256: hash.digest('hex') });
}

async function* inChunks(lines: AsyncIterable<string>, onLine: () => void): AsyncGenerator<string> {
  let text = '';
  for await (const line of lines) {
    onLine();
    text += `${line}\n`;
    if (text.length < chunkCharacters) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

async function* manifestOf(
  { tenant, exportId, snapshotAt }: ArchiveFacts,
  files: readonly ExportedFile[],
): AsyncGenerator<Buffer> {
  const manifest = {
    schemaVersion,
    account: String(tenant),
    export: String(exportId),
    snapshotAt: snapshotAt.toString(),
    files,
  };
  yield Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
}
