import type { SecretFinding } from '../../model.ts';
import { compareText, countBySeverity, severityRank } from '../severity.ts';
import { layOutColumns } from './columns.ts';
import type { Style } from './style.ts';

/** Sensitive data, worst first. The values themselves are not known here: they are masked where they are found. */
export function secretsSection(findings: readonly SecretFinding[], style: Style, width: number): string[] {
  if (findings.length === 0) return [];
  const sorted = findings.toSorted(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || compareText(a.path, b.path) || a.line - b.line,
  );
  const hidden = sorted.filter((finding) => finding.hidden).length;
  return [
    `${style.title(`Secrets: ${findings.length}`)} (${countBySeverity(findings)})`,
    '',
    ...layOutColumns(
      [
        { title: 'SEVERITY', maxWidth: 8, paint: style.severity },
        { title: 'WHAT', maxWidth: 34 },
        { title: 'VALUE', maxWidth: 12 },
        { title: 'WHERE', maxWidth: 72 },
      ],
      sorted.map((finding) => [finding.severity, finding.title || finding.rule, finding.redacted, placeOf(finding)]),
      width,
    ),
    ...(hidden > 0
      ? ['', `(*) deleted or overwritten by a later layer; whoever pulls the image can still read it`]
      : []),
  ];
}

function placeOf({ path, line, hidden }: SecretFinding): string {
  return `${path}${line > 0 ? `:${line}` : ''}${hidden ? ' (*)' : ''}`;
}
