import { openFileIndexCache } from './file-index-cache.ts';
import { type AdvisoryLookup, memoryAdvisories } from '../advisories/index.ts';
import { applyIgnores } from '../ignoring/index.ts';
import { ScanError, type ScanReport, type Severity } from '../model.ts';
import { plainText, reportFormats, severityRank } from '../output/index.ts';
import { scanImage } from '../scan.ts';
import { readSecretRules } from '../secrets/index.ts';
import { dockerCredentials, openImage } from '../sources/index.ts';
import { asTerminal, type CommandIo } from './command-io.ts';
import { errorText } from './error-text.ts';
import { openGivenAdvisories } from './given-advisories.ts';
import { ArgumentError, parseScanArguments, type ScanArguments, scanUsage } from './parse-arguments.ts';
import { type ProgressLine, progressLine } from './progress-line.ts';
import { readIgnores } from './read-ignores.ts';
import { resolveTarget } from './resolve-target.ts';
import { writeFileWhole, writeToStream } from './write-result.ts';

/** No line of the table is longer, also where a terminal is wider. */
const widestTable = 100;
/** Below this the table would tell nothing; a narrower terminal breaks the lines itself. */
const narrowestTable = 72;

/**
 * Scans what the arguments name and writes the report. Gives the exit status: 0, 1 with findings at or above `--fail-on`,
 * 2 with one line on standard error. `name` is how the user called it.
 */
export async function runScanCommand(
  argv: readonly string[],
  io: CommandIo,
  name = 'wharfinger-scan',
): Promise<number> {
  const progress = progressLine(io.stderr);
  try {
    const options = parseScanArguments(argv, io.cwd);
    if (options.help) {
      await writeToStream(io.stdout, `usage: ${name.replace(/scan$/, '')}${scanUsage}\n`);
      return 0;
    }
    const today = Temporal.Now.plainDateISO('UTC');
    // Before the scan: who has mistyped something need not wait for it.
    const entries = await readIgnores(options.ignoreFile, today, io);
    const found = await scan(options, io, progress);
    const report = applyIgnores(found, { entries, unfixed: options.ignoreUnfixed, today });
    progress.clear();
    await write(report, options, io);
    return options.failOn !== undefined && holdsAtLeast(report, options.failOn) ? 1 : 0;
  } catch (error) {
    progress.clear();
    const hint = error instanceof ArgumentError ? `; ${name} --help tells more` : '';
    io.stderr.write(`${name}: ${plainText(error instanceof Error ? error.message : String(error))}${hint}\n`);
    return 2;
  }
}
async function scan(options: ScanArguments, io: CommandIo, progress: ProgressLine): Promise<ScanReport> {
  if (!options.scanners.includes('vulnerabilities')) return scanTarget(options, io, memoryAdvisories([]), progress);
  if (options.advisories.length > 0) progress.show('reading advisories');
  const advisories = await openGivenAdvisories(options.advisories, options.cacheDir);
  try {
    const { count, first } = advisories.refused;
    if (count > 0) {
      progress.clear();
      io.stderr.write(`${count} advisory records cannot be used, the first: ${plainText(first)}\n`);
    }
    return await scanTarget(options, io, advisories, progress);
  } finally {
    advisories.close();
  }
}

async function scanTarget(
  { target, cacheDir, scanners, platform, secretRules }: ScanArguments,
  io: CommandIo,
  advisories: AdvisoryLookup,
  progress: ProgressLine,
): Promise<ScanReport> {
  const rules = await Promise.all(secretRules.map((path) => readSecretRules(path, io.cwd)));
  const cache = cacheDir === undefined ? undefined : await openFileIndexCache(cacheDir);
  progress.show(`opening ${target}`);
  const source = await openImage(resolveTarget(target, io.cwd), {
    cwd: io.cwd,
    credentials: (host) => dockerCredentials(host, io.env),
    ...(platform === undefined ? {} : { platform }),
  }).catch((error: unknown) => {
    throw toldAsImage(error, target);
  });
  try {
    const report = await scanImage(source, {
      advisories,
      riskClasses: scanners.filter((scanner) => scanner !== 'packages'),
      ...(rules.length > 0 ? { rules: { secretRules: rules } } : {}),
      ...(cache === undefined ? {} : { cache }),
      onProgress: ({ text }) => progress.show(text),
    });
    // As the user wrote it, not as it was found.
    return { ...report, target };
  } finally {
    await source.close();
  }
}

/** A file name that is mistyped looks like the name of an image: then an error of a registry would only puzzle. */
function toldAsImage(error: unknown, target: string): unknown {
  if (!(error instanceof ScanError) || !error.reason.code.startsWith('registry-')) return error;
  return new Error(`"${target}" is no file or folder here; as an image: ${error.message}`, { cause: error });
}

async function write(report: ScanReport, { format, output }: ScanArguments, io: CommandIo): Promise<void> {
  const terminal = output === undefined ? asTerminal(io.stdout) : undefined;
  const text = reportFormats[format](report, {
    now: Temporal.Now.instant(),
    serialNumber: crypto.randomUUID(),
    color: terminal !== undefined && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb',
    width: Math.max(narrowestTable, Math.min(widestTable, terminal?.columns ?? widestTable)),
  });
  if (output === undefined) return writeToStream(io.stdout, text);
  await writeFileWhole(output, text).catch((error: unknown) => {
    throw new Error(`${output} cannot be written: ${errorText(error)}`, { cause: error });
  });
}

function holdsAtLeast(report: ScanReport, level: Severity): boolean {
  const { vulnerabilities, secrets, malware, misconfigurations } = report;
  return [...vulnerabilities, ...secrets, ...malware, ...misconfigurations].some(
    ({ severity }) => severityRank(severity) <= severityRank(level),
  );
}
