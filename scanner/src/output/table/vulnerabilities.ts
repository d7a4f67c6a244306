import type { VulnerabilityFinding } from '../../model.ts';
import { fit, plainText } from '../plain-text.ts';
import { countBySeverity, worstFirst } from '../severity.ts';
import { type Column, layOutColumns } from './columns.ts';
import type { Style } from './style.ts';

const mostPathsOfAPackage = 3;
/** A title that gets less room than this tells nothing. */
const minTitleWidth = 24;

/** One row for each flaw of a package, then where those packages lie that no package manager keeps track of. */
export function vulnerabilitySection(findings: readonly VulnerabilityFinding[], style: Style, width: number): string[] {
  if (findings.length === 0) return [style.title('Vulnerabilities: none known')];
  const sorted = findings.toSorted(worstFirst);
  const rows = foldCopies(sorted);
  const fixable = findings.filter(({ fixedVersions }) => fixedVersions.length > 0).length;
  const exploited = findings.filter((finding) => finding.exploited !== undefined).length;
  const columns: Column[] = [
    { title: 'SEVERITY', maxWidth: 8, paint: style.severity },
    { title: 'ID', maxWidth: 28 },
    { title: 'PACKAGE', maxWidth: 32 },
    { title: 'INSTALLED', maxWidth: 28 },
    { title: 'FIXED IN', maxWidth: 32 },
    { title: 'TITLE', maxWidth: 80, optionalFrom: minTitleWidth },
  ];
  const cells = rows.map(({ finding, copies }) => [
    finding.severity,
    finding.exploited === undefined ? finding.id : `${finding.id} (!)`,
    copies > 1 ? `${finding.package.name} ×${copies}` : finding.package.name,
    finding.package.version,
    mendOf(finding),
    finding.title.startsWith(finding.id) ? '' : finding.title,
  ]);
  return [
    `${style.title(`Vulnerabilities: ${findings.length}`)} (${countBySeverity(findings)}; ${fixable} with a fixed version${exploited > 0 ? `, ${exploited} used in attacks` : ''})`,
    '',
    ...layOutColumns(columns, cells, width),
    ...(exploited > 0 ? ['', '(!) known to be used in attacks'] : []),
    ...places(sorted, style, width),
  ];
}

function mendOf({ malicious, fixedVersions, willNotFix }: VulnerabilityFinding): string {
  if (malicious) return 'remove it';
  return fixedVersions.join(', ') || (willNotFix ? 'will not be' : '-');
}

interface Row {
  finding: VulnerabilityFinding;
  copies: number;
}

/** The same version of a package often lies in an image many times over (npm). */
function foldCopies(findings: readonly VulnerabilityFinding[]): Row[] {
  const rows = new Map<string, Row>();
  for (const finding of findings) {
    const { kind, name, version } = finding.package;
    const key = JSON.stringify([finding.id, kind, name, version, finding.severity, finding.fixedVersions]);
    const row = rows.get(key);
    if (row) row.copies += 1;
    else rows.set(key, { finding, copies: 1 });
  }
  return [...rows.values()];
}

/** Packages of a distribution have one place, its database; others are found by their path. */
function places(findings: readonly VulnerabilityFinding[], style: Style, width: number): string[] {
  const located = findings.map((finding) => finding.package).filter(({ kind }) => kind !== 'deb' && kind !== 'apk');
  if (located.length === 0) return [];
  const paths = new Map<string, Set<string>>();
  for (const { name, version, path } of located) {
    const key = `${name} ${version}`;
    paths.set(key, (paths.get(key) ?? new Set()).add(path));
  }
  const lines = [...paths].flatMap(([key, places]) => {
    const shown = [...places].slice(0, mostPathsOfAPackage);
    const more = places.size - shown.length;
    return [
      `  ${fit(plainText(key), width - 2)}`,
      ...shown.map((path) => `    ${style.faint(fit(plainText(path), width - 4))}`),
      ...(more > 0 ? [`    ${style.faint(`and in ${more} more places`)}`] : []),
    ];
  });
  return ['', 'Where they are:', ...lines];
}
