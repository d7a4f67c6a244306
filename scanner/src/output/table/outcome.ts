import type { IgnoredFinding, Reason, ScanReport } from '../../model.ts';
import { plainText, wrap } from '../plain-text.ts';
import { countBySeverity } from '../severity.ts';
import { count } from './count.ts';
import type { Style } from './style.ts';

const mostReasons = 10;
/** Older advisories are pointed out. */
const staleDays = 30;
const hoursPerDay = 24;
/** No advisory is older than the first list of them. */
const firstPublished = '1988-01-01T00:00:00Z';

/** Whether everything was read, what it was compared with, and what was found, in the last lines. */
export function outcome(report: ScanReport, now: Temporal.Instant, style: Style, width: number): string[] {
  return [
    ...incompleteness(report.reasons, style, width),
    ...(report.scanners.includes('vulnerabilities') ? wrap(advisoriesLine(report, now), width) : []),
    ...wrap(ignoredLine(report.ignored), width),
    ...(report.status === 'complete'
      ? wrap(`Scan complete: ${found(report)}.`, width).map(style.good)
      : wrap(`Scan INCOMPLETE: ${found(report)}, and there may be more.`, width).map(style.warning)),
  ];
}

/** Of what was looked for. */
function found(report: ScanReport): string {
  const { scanners, packages, vulnerabilities, secrets, malware, misconfigurations } = report;
  const bySeverity = vulnerabilities.length === 0 ? '' : ` (${countBySeverity(vulnerabilities)})`;
  const each = {
    packages: count(packages.length, 'package'),
    vulnerabilities: `${count(vulnerabilities.length, 'vulnerability', 'vulnerabilities')}${bySeverity}`,
    secrets: count(secrets.length, 'secret'),
    malware: count(malware.length, 'malware hit'),
    misconfiguration: count(misconfigurations.length, 'misconfiguration'),
  };
  const shown = scanners.filter((scanner) => scanner !== 'packages' || !scanners.includes('vulnerabilities'));
  return shown.map((scanner) => each[scanner]).join(', ');
}

/** What was left out is not forgotten. */
function ignoredLine(ignored: readonly IgnoredFinding[]): string {
  if (ignored.length === 0) return '';
  const byFile = ignored.filter(({ by }) => by === 'ignore-file').length;
  const unfixed = ignored.length - byFile;
  const parts = [
    ...(byFile > 0 ? [`${count(byFile, 'finding')} that the ignore file names`] : []),
    ...(unfixed > 0 ? [`${count(unfixed, 'vulnerability', 'vulnerabilities')} that no version mends`] : []),
  ];
  return `Left out: ${parts.join(', ')}; --format json lists them.`;
}

function incompleteness(reasons: readonly Reason[], style: Style, width: number): string[] {
  if (reasons.length === 0) return [];
  const more = reasons.length - mostReasons;
  return [
    style.title('Not everything could be read:'),
    ...reasons.slice(0, mostReasons).flatMap((reason) => wrap(`- ${plainText(describe(reason))}`, width, '  ')),
    ...(more > 0 ? [`  and ${count(more, 'more reason')}; --format json lists them all`] : []),
    '',
  ];
}

function describe({ code, message, path, layer }: Reason): string {
  const place = [path, layer && !path ? `layer ${layer.slice(0, 'sha256:'.length + 12)}` : undefined].filter(Boolean);
  return `${code}: ${message}${place.length > 0 ? ` (${place.join(', ')})` : ''}`;
}

function advisoriesLine({ advisories }: ScanReport, now: Temporal.Instant): string {
  const known = count(advisories.records, 'advisory', 'advisories');
  const age = ageInDays(advisories.newest, now);
  if (age === undefined)
    return `Compared with ${known} of the starter set only; bring all there are with --advisories.`;
  const stale = age > staleDays ? `; bring newer ones with --advisories` : '';
  return `Compared with ${known}, the newest ${count(age, 'day')} old${stale}.`;
}

/** Undefined where nothing published is among them: the starter set has no time of its own. */
function ageInDays(newest: string, now: Temporal.Instant): number | undefined {
  try {
    const instant = Temporal.Instant.from(newest);
    if (Temporal.Instant.compare(instant, Temporal.Instant.from(firstPublished)) < 0) return undefined;
    return Math.max(0, Math.floor(instant.until(now).total('hours') / hoursPerDay));
  } catch {
    // Not told, or not a time: then no age is claimed.
    return undefined;
  }
}
