/** The classes of risk that a scan can look for, under the wire's names. */
import type { RiskClass } from '@wharfinger/scanner';

export const scanTypes = ['CVE', 'VIRUS', 'RISK'] as const;

export type ScanType = (typeof scanTypes)[number];

const classes = { CVE: 'vulnerabilities', VIRUS: 'malware', RISK: 'secrets' } as const satisfies Record<
  ScanType,
  RiskClass
>;

/** The classes of these scan types, in one order; all of them where none is named. */
export function riskClassesOf(types: readonly ScanType[] | undefined): RiskClass[] {
  const wanted = types && types.length > 0 ? types : scanTypes;
  return scanTypes.filter((type) => wanted.includes(type)).map((type) => classes[type]);
}
