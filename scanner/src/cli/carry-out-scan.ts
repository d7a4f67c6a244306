import type { AdvisoryLookup } from '../advisories/advisory-lookup.ts';
import { noAdvisories } from '../advisories/no-advisories.ts';
import { ScanError, type ScanReport } from '../model.ts';
import { plainText } from '../output/plain-text.ts';
import { scanImage, type ScanOptions } from '../scan.ts';
import type { RuleSources } from '../scan-rules.ts';
import { openImage } from '../sources/open-image.ts';
import type { CommandIo } from './command-io.ts';
import type { ScanArguments } from './parse-arguments.ts';
import type { ProgressLine } from './progress-line.ts';
import { resolveTarget } from './resolve-target.ts';
import type { EarlyStart } from './start-early.ts';

export interface ScanSurroundings {
  io: CommandIo;
  progress: ProgressLine;
  early: EarlyStart | undefined;
}

/** Scans what the arguments name. What only some scans need (advisories, rules, a cache, a registry) is loaded by those. */
export async function carryOutScan(options: ScanArguments, around: ScanSurroundings): Promise<ScanReport> {
  const { ignoreFile, ignoreUnfixed: unfixed } = options;
  if (ignoreFile === undefined && !unfixed) return scan(options, around);
  const { applyIgnores } = await import('../ignoring/index.ts');
  const { readIgnores } = await import('./read-ignores.ts');
  const today = Temporal.Now.plainDateISO('UTC');
  // Before the scan: who has mistyped something need not wait for it.
  const entries = await readIgnores(ignoreFile, today, around.io);
  return applyIgnores(await scan(options, around), { entries, unfixed, today });
}

async function scan(options: ScanArguments, around: ScanSurroundings): Promise<ScanReport> {
  if (!options.scanners.includes('vulnerabilities')) return scanTarget(options, around, noAdvisories);
  const { io, progress } = around;
  if (options.advisories.length > 0) progress.show('reading advisories');
  const { openGivenAdvisories } = await import('./given-advisories.ts');
  const advisories = await openGivenAdvisories(options.advisories, options.cacheDir);
  try {
    const { count, first } = advisories.refused;
    if (count > 0) {
      progress.clear();
      io.stderr.write(`${count} advisory records cannot be used, the first: ${plainText(first)}\n`);
    }
    return await scanTarget(options, around, advisories);
  } finally {
    advisories.close();
  }
}

async function scanTarget(
  options: ScanArguments,
  { io, progress, early }: ScanSurroundings,
  advisories: AdvisoryLookup,
): Promise<ScanReport> {
  const { target, platform, scanners } = options;
  const means = { ...(await rulesOf(options, io)), ...(await cacheOf(options)), ...(await clamdOf(options)) };
  progress.show(`opening ${target}`);
  const source = await openImage(resolveTarget(target, io.cwd), {
    cwd: io.cwd,
    async credentials(host) {
      const { dockerCredentials } = await import('../sources/docker-credentials.ts');
      return dockerCredentials(host, io.env);
    },
    ...(platform === undefined ? {} : { platform }),
    ...(early === undefined ? {} : { takeFile: (path) => early.takeFile(path) }),
  }).catch((error: unknown) => {
    throw toldAsImage(error, target);
  });
  try {
    const report = await scanImage(source, {
      advisories,
      riskClasses: scanners.filter((scanner) => scanner !== 'packages'),
      ...means,
      ...(early === undefined ? {} : { sandbox: early.sandbox }),
      onProgress: ({ text }) => progress.show(text),
    });
    // As the user wrote it, not as it was found.
    return { ...report, target };
  } finally {
    await source.close();
  }
}

async function rulesOf(options: ScanArguments, { cwd }: CommandIo): Promise<Pick<ScanOptions, 'rules'>> {
  const { secretRules, malwareRules, malwareHashes } = options;
  const rules: RuleSources = {};
  if (secretRules.length > 0) {
    const { readSecretRules } = await import('../secrets/index.ts');
    rules.secretRules = await Promise.all(secretRules.map((path) => readSecretRules(path, cwd)));
  }
  if (malwareRules.length > 0 || malwareHashes.length > 0) {
    const { readMalwareHashes, readMalwareRules } = await import('./read-malware-files.ts');
    if (malwareRules.length > 0) rules.malwareRules = await readMalwareRules(malwareRules);
    if (malwareHashes.length > 0) rules.malwareHashes = await readMalwareHashes(malwareHashes);
  }
  return Object.keys(rules).length === 0 ? {} : { rules };
}

async function clamdOf({ clamd }: ScanArguments): Promise<Pick<ScanOptions, 'clamd'>> {
  if (clamd === undefined) return {};
  const { Clamd } = await import('../clamd/clamd.ts');
  return { clamd: new Clamd(clamd) };
}

async function cacheOf({ cacheDir }: ScanArguments): Promise<Pick<ScanOptions, 'cache'>> {
  if (cacheDir === undefined) return {};
  const { openFileIndexCache } = await import('./file-index-cache.ts');
  return { cache: await openFileIndexCache(cacheDir) };
}

/** A file name that is mistyped looks like the name of an image: then an error of a registry would only puzzle. */
function toldAsImage(error: unknown, target: string): unknown {
  if (!(error instanceof ScanError) || !error.reason.code.startsWith('registry-')) return error;
  return new Error(`"${target}" is no file or folder here; as an image: ${error.message}`, { cause: error });
}
