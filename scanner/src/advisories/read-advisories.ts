import { type Enrichment, readEnrichment, readEpssLine } from './enrichment.ts';
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
  /** Told of what stands between the records on flaws themselves (KEV, EPSS, Vulnrichment); without it, a file with such is refused. */
  onEnrichment?: (enrichment: Enrichment) => void;
  limits?: Partial<UnpackLimits & { recordBytes: number }>;
}

/**
 * The OSV records of a folder (with its subfolders) or file: JSON, an array of them, NDJSON, plain or compressed by
 * gzip or zstd, and zip archives; scores of EPSS are CSV. One chunk is in memory at a time. The same id may come more than once.
 * Throws {@link AdvisoryReadError} for what cannot be read at all or has no end.
 */
export async function* readAdvisories(path: string, options: ReadAdvisoriesOptions = {}): AsyncGenerator<OsvRecord> {
  const { signal, onRefused, onEnrichment, limits } = options;
  for (const file of await listAdvisoryFiles(path)) {
    for await (const content of unpackAdvisories(file, { ...unpackLimits, ...limits }, signal)) {
      let saidOfFlaws = false;
      for await (const texts of splitRecords(content, limits?.recordBytes ?? mostRecordBytes)) {
        signal?.throwIfAborted();
        for (const text of texts) {
          const read = /\.csv$/i.test(content.name) ? parseLine(text) : parseText(text);
          if (read instanceof AdvisoryRefused) {
            onRefused?.({ where: content.where, id: read.id, reason: read.message });
          } else if (!Array.isArray(read)) yield read;
          else if (onEnrichment) for (const one of read) onEnrichment(one);
          else if (read.length > 0 && !saidOfFlaws) {
            // Once for a file: some hold hundreds of thousands.
            saidOfFlaws = true;
            onRefused?.({ where: content.where, id: '', reason: 'tells of flaws only, of no package' });
          }
        }
      }
    }
  }
}

function parseLine(line: string): Enrichment[] | AdvisoryRefused {
  return readEpssLine(line) ?? new AdvisoryRefused('', 'is no line of EPSS scores');
}

function parseText(text: string): OsvRecord | Enrichment[] | AdvisoryRefused {
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    return new AdvisoryRefused('', `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return parseOsvRecord(value);
  } catch (error) {
    // Advisories are many, the others few: they are looked at second.
    if (error instanceof AdvisoryRefused) return readEnrichment(value) ?? error;
    throw error;
  }
}
