import type { ScanReport } from '../../model.ts';
import { safeJson } from '../json.ts';
import { describeComponents } from './components.ts';
import type { CycloneDxComponent, CycloneDxDocument, CycloneDxProperty } from './document.ts';
import { describeFindings } from './findings.ts';
import { describeVulnerabilities } from './vulnerabilities.ts';

export interface CycloneDxOptions {
  now: Temporal.Instant;
  /** A UUID, without `urn:uuid:`. The only part, with the time, that differs between two documents of one report. */
  serialNumber: string;
}

const imageRef = 'image';

/**
 * The report as a CycloneDX 1.6 document: packages, files with findings, flaws also where they are ignored. Secrets, malware
 * and misconfigurations, for which CycloneDX has no place, are annotations.
 */
export function renderCycloneDx(report: ScanReport, options: CycloneDxOptions): string {
  return safeJson(describeReport(report, options));
}

function describeReport(report: ScanReport, { now, serialNumber }: CycloneDxOptions): CycloneDxDocument {
  const { components, refOf } = describeComponents(report);
  const tool: CycloneDxComponent = { type: 'application', name: 'wharfinger-scan', version: report.scanner.version };
  const timestamp = now.toString({ smallestUnit: 'second' });
  const { files, annotations } = describeFindings(report, imageRef, tool, timestamp);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${serialNumber}`,
    version: 1,
    metadata: {
      timestamp,
      tools: { components: [tool] },
      component: describeTarget(report),
      properties: describeScan(report),
    },
    components: [...components, ...files],
    compositions: [{ aggregate: report.status, assemblies: [imageRef] }],
    vulnerabilities: describeVulnerabilities(report, refOf),
    annotations,
  };
}

function describeTarget({ source, target, image }: ScanReport): CycloneDxComponent {
  const version = image.digest || image.id;
  return {
    type: source === 'directory' ? 'file' : 'container',
    'bom-ref': imageRef,
    name: target,
    ...(version === '' ? {} : { version }),
    properties: [
      ...property('imageId', image.id),
      ...property('digest', image.digest),
      ...property('os', image.os),
      ...property('architecture', image.architecture),
      ...property('created', image.created),
      ...image.layers.flatMap((layer) => property('layer', layer)),
    ],
  };
}

function describeScan(report: ScanReport): CycloneDxProperty[] {
  return [
    ...property('status', report.status),
    ...report.reasons.flatMap(({ code, message, path, layer }) =>
      property('reason', `${code}: ${message}${path ? ` (${path})` : ''}${layer ? ` in ${layer}` : ''}`),
    ),
    ...property('digestsChecked', String(report.verified)),
    ...property('advisories', String(report.advisories.records)),
    ...property('newestAdvisory', report.advisories.newest),
    ...property('secrets', String(report.secrets.length)),
    ...property('malware', String(report.malware.length)),
    ...property('misconfigurations', String(report.misconfigurations.length)),
    ...property('ignored', String(report.ignored.length)),
  ];
}

function property(name: string, value: string): CycloneDxProperty[] {
  return value === '' ? [] : [{ name: `wharfinger:${name}`, value }];
}
