import type { ScanReport } from '../../model.ts';
import { heading } from './heading.ts';
import { malwareSection } from './malware.ts';
import { misconfigurationSection } from './misconfigurations.ts';
import { outcome } from './outcome.ts';
import { packageSection } from './packages.ts';
import { secretsSection } from './secrets.ts';
import { tableStyle } from './style.ts';
import { vulnerabilitySection } from './vulnerabilities.ts';

export interface TableOptions {
  now: Temporal.Instant;
  color: boolean;
  /** Terminal cells that no line goes beyond. */
  width: number;
}

/** The report for people: worst first, the outcome last, where the eye is when a terminal has scrolled. */
export function renderTable(report: ScanReport, { now, color, width }: TableOptions): string {
  const style = tableStyle(color);
  const sections = [
    heading(report, now, style, width),
    report.scanners.includes('vulnerabilities')
      ? vulnerabilitySection(report.vulnerabilities, style, width)
      : packageSection(report.packages, style, width),
    secretsSection(report.secrets, style, width),
    malwareSection(report.malware, style, width),
    misconfigurationSection(report.misconfigurations, style, width),
    outcome(report, now, style, width),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
