/** One report in the format that was asked for; only that format's code is loaded. */
import type { ScanReport } from '../model.ts';

export interface RenderOptions {
  /** When this is written: the age of advisories counts from it, and CycloneDX carries it. */
  now: Temporal.Instant;
  /** Makes a UUID; only CycloneDX has a use for one. */
  serialNumber: () => string;
  /** Of the table only. */
  color: boolean;
  /** Terminal cells the table may take. */
  width: number;
}

const renderers = {
  async table(report, { now, color, width }) {
    return (await import('./table/index.ts')).renderTable(report, { now, color, width });
  },
  async json(report) {
    return (await import('./json.ts')).renderJson(report);
  },
  async sarif(report) {
    return (await import('./sarif/index.ts')).renderSarif(report);
  },
  async cyclonedx(report, { now, serialNumber }) {
    return (await import('./cyclonedx/index.ts')).renderCycloneDx(report, { now, serialNumber: serialNumber() });
  },
} satisfies Record<string, (report: ScanReport, options: RenderOptions) => Promise<string>>;

export type ReportFormat = keyof typeof renderers;

export const reportFormats: readonly string[] = Object.keys(renderers);

export function isReportFormat(word: string): word is ReportFormat {
  return Object.hasOwn(renderers, word);
}

export function renderReport(report: ScanReport, format: ReportFormat, options: RenderOptions): Promise<string> {
  return renderers[format](report, options);
}
