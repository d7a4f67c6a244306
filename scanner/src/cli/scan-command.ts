import type { ScanReport, Severity } from '../model.ts';
import { plainText } from '../output/plain-text.ts';
import { renderReport } from '../output/render-report.ts';
import { severityRank } from '../output/severity.ts';
import { asTerminal, type CommandIo } from './command-io.ts';
import { errorText } from './error-text.ts';
import { ArgumentError, parseScanArguments, type ScanArguments, scanUsage } from './parse-arguments.ts';
import { progressLine } from './progress-line.ts';
import { startEarly } from './start-early.ts';
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
    // The child that will read the image gets ready while the rest of the scanner is loaded here.
    const early = startEarly(options, io.cwd);
    try {
      const { carryOutScan } = await import('./carry-out-scan.ts');
      const report = await carryOutScan(options, { io, progress, early });
      progress.clear();
      await write(report, options, io);
      return options.failOn !== undefined && holdsAtLeast(report, options.failOn) ? 1 : 0;
    } finally {
      await early?.close();
    }
  } catch (error) {
    progress.clear();
    const hint = error instanceof ArgumentError ? `; ${name} --help tells more` : '';
    io.stderr.write(`${name}: ${plainText(error instanceof Error ? error.message : String(error))}${hint}\n`);
    return 2;
  }
}

async function write(report: ScanReport, { format, output }: ScanArguments, io: CommandIo): Promise<void> {
  const terminal = output === undefined ? asTerminal(io.stdout) : undefined;
  const text = await renderReport(report, format, {
    now: Temporal.Now.instant(),
    serialNumber: () => crypto.randomUUID(),
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
