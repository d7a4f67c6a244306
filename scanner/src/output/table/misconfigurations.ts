import type { MisconfigurationFinding } from '../../model.ts';
import { plainText, wrap } from '../plain-text.ts';
import { countBySeverity, severityRank } from '../severity.ts';
import type { Style } from './style.ts';

const mostPlaces = 5;

/** What makes containers of the image weaker than need be, worst first: what, where, and what mends it. */
export function misconfigurationSection(
  findings: readonly MisconfigurationFinding[],
  style: Style,
  width: number,
): string[] {
  if (findings.length === 0) return [];
  const sorted = findings.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return [
    `${style.title(`Misconfiguration: ${findings.length}`)} (${countBySeverity(findings)})`,
    ...sorted.flatMap((finding) => ['', ...lines(finding, style, width)]),
  ];
}

function lines(finding: MisconfigurationFinding, style: Style, width: number): string[] {
  const { id, benchmark, severity, title, mend, evidence, moreEvidence } = finding;
  const item = benchmark === undefined ? id : `${id}, CIS Docker ${benchmark}`;
  const places = evidence
    .slice(0, mostPlaces)
    .map(({ place, detail }) => plainText(detail === undefined ? place : `${place} (${detail})`));
  const more = evidence.length - places.length + moreEvidence;
  const where = `${places.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
  const name = severity.padEnd(8);
  const [first = '', ...rest] = wrap(plainText(`${title} (${item})`), width - name.length - 2);
  return [
    `${style.severity(name, severity)}  ${first}`,
    ...rest.map((line) => `${' '.repeat(name.length + 2)}${line}`),
    ...wrap(where, width - 2).map((line) => `  ${style.faint(line)}`),
    ...wrap(plainText(mend), width - 2).map((line) => `  ${line}`),
  ];
}
