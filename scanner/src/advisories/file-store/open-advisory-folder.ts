import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdvisoryReadError } from '../advisory-read-error.ts';
import type { Enrichment } from '../enrichment.ts';
import { listAdvisoryFiles, type AdvisoryFile } from '../list-advisory-files.ts';
import { readAdvisories, type ReadAdvisoriesOptions, type RefusedAdvisory } from '../read-advisories.ts';
import { formatVersion } from './layout.ts';
import { openAdvisoryFile, type AdvisoryFileLookup } from './open-advisory-file.ts';
import { writeAdvisoryFile } from './write-advisory-file.ts';

export interface OpenAdvisoryFolderOptions extends Omit<ReadAdvisoriesOptions, 'onRefused' | 'onEnrichment'> {
  /** Where the readable form is kept for the next time. Without it the folder is read each time. */
  cacheDir?: string;
}

const mostToldRefused = 20;

/**
 * The advisories of a folder or file, ready to be asked. Reading takes seconds; with a cache folder only the first time
 * and when path, size or time of a file changes. What could not be used is counted in `facts`.
 * Throws {@link AdvisoryReadError}.
 */
export async function openAdvisoryFolder(
  path: string,
  options: OpenAdvisoryFolderOptions = {},
): Promise<AdvisoryFileLookup> {
  const { cacheDir, ...reading } = options;
  const fingerprint = fingerprintOf(await listAdvisoryFiles(path));
  if (cacheDir === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'wharfinger-advisories-'));
    try {
      // The open file outlives its name.
      return await build(join(folder, 'advisories'), path, fingerprint, reading);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  mkdirSync(cacheDir, { recursive: true });
  const cached = join(cacheDir, `advisories-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`);
  return openCurrent(cached, fingerprint) ?? (await build(cached, path, fingerprint, reading));
}

/** Undefined where there is none, a broken one, or one made from something else. */
function openCurrent(file: string, fingerprint: string): AdvisoryFileLookup | undefined {
  try {
    const opened = openAdvisoryFile(file);
    if (opened.facts.fingerprint === fingerprint) return opened;
    opened.close();
  } catch (error) {
    if (!(error instanceof AdvisoryReadError)) throw error;
  }
  return undefined;
}

async function build(
  file: string,
  path: string,
  fingerprint: string,
  reading: ReadAdvisoriesOptions,
): Promise<AdvisoryFileLookup> {
  const first: RefusedAdvisory[] = [];
  let count = 0;
  const onRefused = (refused: RefusedAdvisory) => {
    if (count++ < mostToldRefused) first.push(refused);
  };
  const enrichment: Enrichment[] = [];
  const onEnrichment = (one: Enrichment) => void enrichment.push(one);
  await writeAdvisoryFile(file, readAdvisories(path, { ...reading, onRefused, onEnrichment }), {
    fingerprint,
    enrichment: () => enrichment,
    refused: () => ({ count, first }),
  });
  return openAdvisoryFile(file);
}

function fingerprintOf(files: readonly AdvisoryFile[]): string {
  const hash = createHash('sha256').update(`${formatVersion}\n`);
  for (const { path, sizeBytes, modifiedNs } of files) hash.update(`${path}\0${sizeBytes}\0${modifiedNs}\n`);
  return hash.digest('hex');
}
