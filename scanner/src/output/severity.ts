import type { Severity, VulnerabilityFinding } from '../model.ts';

/** Worst first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'unknown'];

/** 0 for the worst; findings sort by it upwards. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/**
 * Order of vulnerabilities for people: worst first, malicious packages before flawed ones, then what
 * is used in attacks, then by score and name.
 */
export function worstFirst(a: VulnerabilityFinding, b: VulnerabilityFinding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    Number(b.malicious) - Number(a.malicious) ||
    Number(b.exploited !== undefined) - Number(a.exploited !== undefined) ||
    (b.cvss?.score ?? 0) - (a.cvss?.score ?? 0) ||
    (b.epss?.score ?? 0) - (a.epss?.score ?? 0) ||
    compareText(a.package.name, b.package.name) ||
    compareText(a.package.version, b.package.version) ||
    compareText(a.id, b.id) ||
    compareText(a.package.path, b.package.path)
  );
}

/** By code units: the same everywhere, whatever the machine's language. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `2 critical, 11 high`: worst first, without those that do not occur. */
export function countBySeverity(findings: readonly { severity: Severity }[]): string {
  const counts = severities.map((severity) => ({
    severity,
    count: findings.filter((finding) => finding.severity === severity).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`)
    .join(', ');
}
