/** What is known of images by their scans: the newest one, and the result. */
import type { RiskClass } from '@wharfinger/scanner';
import { sql } from 'kysely';
import type { AppTransaction } from '../platform/database/index.ts';
import type { LayerCommand } from './layer-commands.ts';
import { classStatus, hasEnded, wireScanStatus, type ScanState, type WireScanStatus } from './scan-state.ts';

export interface ScanFacts {
  newest: { state: ScanState; riskClasses: RiskClass[]; progress: number; code: string; reason: string } | undefined;
  result: ImageResult | undefined;
}

export interface ImageResult {
  scannedAt: Temporal.Instant;
  classes: RiskClass[];
  operatingSystem: string;
  packages: number;
  critical: number;
  high: number;
  medium: number;
  low: number;
  fixable: number;
  secrets: number;
  malware: number;
  layers: string[];
  history: LayerCommand[];
}

const unknown: ScanFacts = { newest: undefined, result: undefined };

/** The facts of these images; of all images of the tenant where none are named. */
export async function readScanFacts(
  tx: AppTransaction,
  tenant: bigint,
  imageIds?: readonly string[],
): Promise<(imageId: string) => ScanFacts> {
  const named = imageIds === undefined ? sql`` : sql`and image_id = any(${imageIds}::text[])`;
  const { rows } = await sql<Row>`
    select coalesce(s.image_id, r.image_id) as image_id, s.state, s.risk_classes, s.reason_code, s.reason, i.progress,
      r.scanned_at, r.vulnerabilities_at, r.secrets_at, r.malware_at, r.operating_system, r.package_count, r.critical,
      r.high, r.medium, r.low, r.fixable, r.secrets, r.malware, r.layers, r.history
    from (select * from image_scans where tenant_id = ${tenant} ${named}) s
    full join (select * from image_results where tenant_id = ${tenant} ${named}) r on r.image_id = s.image_id
    left join scan_task_images i on i.tenant_id = ${tenant} and i.task_id = s.task_id and i.image_id = s.image_id`.execute(
    tx,
  );
  const facts = new Map(rows.map((row) => [row.image_id, toFacts(row)]));
  return (imageId) => facts.get(imageId) ?? unknown;
}

export function statusOf({ newest }: ScanFacts): WireScanStatus {
  return wireScanStatus(newest?.state);
}

export function statusOfClass({ newest, result }: ScanFacts, riskClass: RiskClass): WireScanStatus {
  return classStatus(newest, riskClass, result?.classes.includes(riskClass) ?? false);
}

/** 0..100 of the newest scan where it looks for the class, else of what an older one left. */
export function progressOfClass(facts: ScanFacts, riskClass: RiskClass): number {
  if (facts.newest?.riskClasses.includes(riskClass)) return progressOf(facts);
  return facts.result?.classes.includes(riskClass) ? 100 : 0;
}

export function progressOf({ newest }: ScanFacts): number {
  if (!newest) return 0;
  return hasEnded(newest.state) ? 100 : Math.min(99, newest.progress);
}

export function vulnerabilityCount(result: ImageResult | undefined): number {
  return result ? result.critical + result.high + result.medium + result.low : 0;
}

interface Row {
  image_id: string;
  state: ScanState | null;
  risk_classes: RiskClass[];
  reason_code: string;
  reason: string;
  progress: number | null;
  scanned_at: Temporal.Instant | null;
  vulnerabilities_at: Temporal.Instant | null;
  secrets_at: Temporal.Instant | null;
  malware_at: Temporal.Instant | null;
  operating_system: string;
  package_count: number;
  critical: number;
  high: number;
  medium: number;
  low: number;
  fixable: number;
  secrets: number;
  malware: number;
  layers: string[];
  history: LayerCommand[];
}

function toFacts(row: Row): ScanFacts {
  const classes: RiskClass[] = [];
  if (row.vulnerabilities_at) classes.push('vulnerabilities');
  if (row.secrets_at) classes.push('secrets');
  if (row.malware_at) classes.push('malware');
  return {
    newest: row.state
      ? {
          state: row.state,
          riskClasses: row.risk_classes,
          progress: row.progress ?? 0,
          code: row.reason_code,
          reason: row.reason,
        }
      : undefined,
    result: row.scanned_at
      ? {
          scannedAt: row.scanned_at,
          classes,
          operatingSystem: row.operating_system,
          packages: row.package_count,
          critical: row.critical,
          high: row.high,
          medium: row.medium,
          low: row.low,
          fixable: row.fixable,
          secrets: row.secrets,
          malware: row.malware,
          layers: row.layers,
          history: row.history,
        }
      : undefined,
  };
}
