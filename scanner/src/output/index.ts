/** What people and programs see of a report. */
import type { ScanReport } from '../model.ts';
import { renderCycloneDx } from './cyclonedx/index.ts';
import { renderJson } from './json.ts';
import { renderSarif } from './sarif/index.ts';
import { renderTable } from './table/index.ts';

export { severityRank } from './severity.ts';
export { plainText } from './plain-text.ts';
export { renderCycloneDx, renderJson, renderSarif, renderTable };

export interface RenderOptions {
  /** When this is written: the age of advisories counts from it, and CycloneDX carries it. */
  now: Temporal.Instant;
  /** A fresh UUID; only CycloneDX has a use for it. */
  serialNumber: string;
  /** Of the table only. */
  color: boolean;
  /** Terminal cells the table may take. */
  width: number;
}

export const reportFormats = {
  table: (report, { now, color, width }) => renderTable(report, { now, color, width }),
  json: (report) => renderJson(report),
  sarif: (report) => renderSarif(report),
  cyclonedx: (report, { now, serialNumber }) => renderCycloneDx(report, { now, serialNumber }),
} satisfies Record<string, (report: ScanReport, options: RenderOptions) => string>;

export type ReportFormat = keyof typeof reportFormats;
