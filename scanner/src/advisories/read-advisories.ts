import { AdvisoryRefused, parseOsvRecord, type OsvRecord } from './osv-record.ts';
import { listAdvisoryFiles } from './list-advisory-files.ts';
import { mostRecordBytes, splitRecords } from './split-records.ts';
import { unpackAdvisories, unpackLimits, type UnpackLimits } from './unpack-advisories.ts';

/** A record that was left out, and why. */
export interface RefusedAdvisory {
  where: string;
  /** Empty where the record has no readable id. */
  id: string;
  reason: string;
}

export interface ReadAdvisoriesOptions {
  signal?: AbortSignal;
  /** Told of each record that cannot be used; the others are read on. */
  onRefused?: (refused: RefusedAdvisory) => void;
  limits?: Partial<UnpackLimits & { recordBytes: number }>;
}

/**
 * The OSV records of a folder (with its subfolders) or file: JSON, an array of them, NDJSON, plain or compressed by
 * gzip or zstd, and zip archives. One chunk is in memory at a time. The same id may come more than once.
 * Throws {@link AdvisoryReadError} for what cannot be read at all or has no end.
 */
export async function* readAdvisories(path: string, options: ReadAdvisoriesOptions = {}): AsyncGenerator<OsvRecord> {
  const { signal, onRefused, limits } = options;
  for (const file of await listAdvisoryFiles(path)) {
    for await (const content of unpackAdvisories(file, { ...unpackLimits, ...limits }, signal)) {
      for await (const texts of splitRecords(content, limits?.recordBytes ?? mostRecordBytes)) {
        signal?.throwIfAborted();
        for (const text of texts) {
          const record = parseText(text);
          if (record instanceof AdvisoryRefused) {
            onRefused?.({ where: content.where, id: record.id, reason: record.message });
          } else yield record;
        }
      }
    }
  }
}

function parseText(text: string): OsvRecord | AdvisoryRefused {
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    return new AdvisoryRefused('', `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return parseOsvRecord(value);
  } catch (error) {
    if (error instanceof AdvisoryRefused) return error;
    throw error;
  }
}
