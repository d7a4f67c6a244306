import type { IgnoredFinding, IgnoredOf, MisconfigurationFinding, RiskClass, ScanReport } from '../model.ts';
import type { IgnoreEntry } from './ignore-file.ts';
import { meetsGlob } from './meets-glob.ts';

export interface IgnoreOptions {
  entries: readonly IgnoreEntry[];
  /** Leave out flaws that no version mends; a malicious package is none of them, since it can be removed. */
  unfixed: boolean;
  today: Temporal.PlainDate;
}

/**
 * The report with what is to be ignored in a list of its own, each with its reason: the first entry that names it. Of a
 * misconfiguration the places are taken out that an entry's path names, and the finding where none is left.
 */
export function applyIgnores(report: ScanReport, { entries, unfixed, today }: IgnoreOptions): ScanReport {
  const current = entries.filter((entry) => !hasExpired(entry, today));
  const vulnerabilities = part(report.vulnerabilities, 'vulnerabilities', (finding) => {
    const { package: found, advisoryName, otherIds, advisories, fixedVersions, malicious } = finding;
    const names = [found.name, found.source?.name, advisoryName];
    const entry = current.find(
      (one) =>
        isOneOf(one.id, [finding.id, ...otherIds, ...advisories]) &&
        isOneOf(one.package, names) &&
        isAt(one.path, found.path),
    );
    if (entry !== undefined || !unfixed || malicious || fixedVersions.length > 0) return entry && byFile(entry);
    const reason = finding.willNotFix ? 'its publisher will not mend it' : 'no version is known that mends it';
    return { by: 'ignore-unfixed', reason };
  });
  const others = current.filter((entry) => entry.package === undefined);
  const byRule = ({ rule, path }: { rule: string; path: string }): Why | undefined => {
    const entry = others.find((one) => isOneOf(one.id, [rule]) && isAt(one.path, path));
    return entry && byFile(entry);
  };
  const secrets = part(report.secrets, 'secrets', byRule);
  const malware = part(report.malware, 'malware', byRule);
  const misconfigurations = partMisconfigurations(report.misconfigurations, others);
  return {
    ...report,
    vulnerabilities: vulnerabilities.kept,
    secrets: secrets.kept,
    malware: malware.kept,
    misconfigurations: misconfigurations.kept,
    ignored: [
      ...report.ignored,
      ...vulnerabilities.ignored,
      ...secrets.ignored,
      ...malware.ignored,
      ...misconfigurations.ignored,
    ],
  };
}

/** Whether the entry's last day has passed. */
export function hasExpired({ expires }: IgnoreEntry, today: Temporal.PlainDate): boolean {
  return expires !== undefined && Temporal.PlainDate.compare(expires, today) < 0;
}

type Why = Pick<IgnoredFinding, 'by' | 'reason' | 'expires'>;

function byFile({ reason, expires }: IgnoreEntry): Why {
  return { by: 'ignore-file', reason, ...(expires === undefined ? {} : { expires: expires.toString() }) };
}

function part<Class extends RiskClass, Finding>(
  findings: readonly Finding[],
  scanner: Class,
  whyIgnored: (finding: Finding) => Why | undefined,
): { kept: Finding[]; ignored: IgnoredOf<Class, Finding>[] } {
  const kept: Finding[] = [];
  const ignored: IgnoredOf<Class, Finding>[] = [];
  for (const finding of findings) {
    const why = whyIgnored(finding);
    if (why === undefined) kept.push(finding);
    else ignored.push({ scanner, ...why, finding });
  }
  return { kept, ignored };
}

function partMisconfigurations(
  findings: readonly MisconfigurationFinding[],
  entries: readonly IgnoreEntry[],
): { kept: MisconfigurationFinding[]; ignored: IgnoredOf<'misconfiguration', MisconfigurationFinding>[] } {
  const kept: MisconfigurationFinding[] = [];
  const ignored: IgnoredOf<'misconfiguration', MisconfigurationFinding>[] = [];
  for (const finding of findings) {
    const named = entries.filter((one) => isOneOf(one.id, [finding.id]));
    const whole = named.find((one) => one.path === undefined);
    if (whole !== undefined) {
      ignored.push({ scanner: 'misconfiguration', ...byFile(whole), finding });
      continue;
    }
    let rest = finding.evidence;
    for (const entry of named) {
      const [taken, left] = split(rest, ({ place }) => isAt(entry.path, place));
      rest = left;
      if (taken.length === 0) continue;
      const part = { ...finding, evidence: taken, moreEvidence: 0 };
      ignored.push({ scanner: 'misconfiguration', ...byFile(entry), finding: part });
    }
    // Places that are not listed were seen by no entry.
    if (rest.length > 0 || finding.moreEvidence > 0) kept.push({ ...finding, evidence: rest });
  }
  return { kept, ignored };
}

function split<Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}

/** What is not said holds for all. */
function isOneOf(wanted: string | undefined, names: readonly (string | undefined)[]): boolean {
  return wanted === undefined || names.includes(wanted);
}

/** Folders are told with a `/` behind. */
function isAt(glob: string | undefined, path: string): boolean {
  return glob === undefined || meetsGlob(glob, path) || (path.endsWith('/') && meetsGlob(glob, path.slice(0, -1)));
}
