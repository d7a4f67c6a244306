/**
 * The JSON report as a JSON schema, published in the package as `dist/report.schema.json`. It allows fields that it does not name: later versions of the same `schemaVersion` may add some.
 */
import { z } from 'zod';
import type { ScanReport } from '../model.ts';

const severity = z.enum(['critical', 'high', 'medium', 'low', 'unknown']);
const riskClasses = ['vulnerabilities', 'secrets', 'malware', 'misconfiguration'] as const;
const kind = z.enum(['apk', 'cargo', 'composer', 'deb', 'gem', 'golang', 'maven', 'npm', 'nuget', 'pypi', 'rpm']);
const whole = z.int().nonnegative();
const fraction = z.number().min(0).max(1);

const reason = z.object({
  code: z.enum([
    'budget-bytes',
    'budget-ratio',
    'budget-entries',
    'budget-time',
    'budget-memory',
    'budget-depth',
    'file-too-large',
    'layer-truncated',
    'layer-corrupt',
    'layer-unsupported',
    'digest-mismatch',
    'path-refused',
    'package-unreadable',
    'archive-unreadable',
    'child-died',
    'clamd-failed',
    'registry-unreachable',
    'registry-denied',
    'registry-not-found',
    'registry-error',
    'target-not-found',
    'target-unreadable',
    'cancelled',
  ]),
  message: z.string(),
  layer: z.string().exactOptional(),
  path: z.string().exactOptional(),
});

const locatedPackage = z
  .object({
    kind,
    name: z.string(),
    version: z.string(),
    architecture: z.string().exactOptional(),
    source: z.object({ name: z.string(), version: z.string() }).exactOptional(),
    modularity: z.string().exactOptional(),
    development: z.boolean().exactOptional(),
    path: z.string(),
    layer: z.string(),
    owner: z.object({ kind, name: z.string(), version: z.string() }).exactOptional(),
    versionUnreadable: z.literal(true).exactOptional(),
  })
  .meta({ id: 'package' });

const vulnerability = z
  .object({
    id: z.string(),
    otherIds: z.array(z.string()),
    advisories: z.array(z.string()),
    package: locatedPackage,
    advisoryName: z.string(),
    severity,
    cvss: z
      .object({ version: z.enum(['2.0', '3.0', '3.1', '4.0']), vector: z.string(), score: z.number().min(0).max(10) })
      .exactOptional(),
    fixedVersions: z.array(z.string()),
    willNotFix: z.literal(true).exactOptional(),
    exploited: z.object({ since: z.string() }).exactOptional(),
    proofOfConcept: z.literal(true).exactOptional(),
    epss: z.object({ score: fraction, percentile: fraction }).exactOptional(),
    title: z.string(),
    details: z.string(),
    references: z.array(z.string()),
    published: z.string(),
    malicious: z.boolean(),
  })
  .meta({ id: 'vulnerability' });

const secret = z
  .object({
    rule: z.string(),
    title: z.string(),
    severity,
    tags: z.array(z.string()).exactOptional(),
    line: whole,
    redacted: z.string(),
    fingerprint: z.string(),
    path: z.string(),
    layer: z.string(),
    hidden: z.boolean(),
  })
  .meta({ id: 'secret' });

const malware = z
  .object({
    rule: z.string(),
    title: z.string(),
    severity,
    category: z.string(),
    author: z.string(),
    tags: z.array(z.string()),
    path: z.string(),
    layer: z.string(),
    sizeBytes: whole,
    md5: z.string(),
    sha256: z.string(),
  })
  .meta({ id: 'malware' });

const misconfiguration = z
  .object({
    id: z.string(),
    benchmark: z.string().exactOptional(),
    title: z.string(),
    severity,
    reason: z.string(),
    mend: z.string(),
    evidence: z.array(z.object({ place: z.string(), detail: z.string().exactOptional() })),
    moreEvidence: whole,
  })
  .meta({ id: 'misconfiguration' });

const whyIgnored = {
  by: z.enum(['ignore-file', 'ignore-unfixed']),
  reason: z.string(),
  expires: z.string().exactOptional(),
};

const report = z.object({
  schemaVersion: z.literal(1),
  scanner: z.object({ version: z.string(), indexer: z.string(), rules: z.string() }),
  scanners: z.array(z.enum(['packages', ...riskClasses])),
  target: z.string(),
  source: z.enum(['docker-archive', 'oci', 'directory', 'registry']),
  verified: z.boolean(),
  image: z.object({
    id: z.string(),
    digest: z.string(),
    architecture: z.string(),
    os: z.string(),
    created: z.string(),
    layers: z.array(z.string()),
    base: z.object({ name: z.string(), digest: z.string() }).exactOptional(),
  }),
  operatingSystem: z
    .object({
      id: z.string(),
      versionId: z.string(),
      name: z.string(),
      ecosystem: z.string().exactOptional(),
      supportEnds: z.string().exactOptional(),
    })
    .exactOptional(),
  status: z.enum(['complete', 'incomplete']),
  reasons: z.array(reason),
  packages: z.array(locatedPackage),
  vulnerabilities: z.array(vulnerability),
  secrets: z.array(secret),
  malware: z.array(malware),
  misconfigurations: z.array(misconfiguration),
  ignored: z.array(
    z.discriminatedUnion('scanner', [
      z.object({ scanner: z.literal('vulnerabilities'), ...whyIgnored, finding: vulnerability }),
      z.object({ scanner: z.literal('secrets'), ...whyIgnored, finding: secret }),
      z.object({ scanner: z.literal('malware'), ...whyIgnored, finding: malware }),
      z.object({ scanner: z.literal('misconfiguration'), ...whyIgnored, finding: misconfiguration }),
    ]),
  ),
  advisories: z.object({ records: whole, newest: z.string() }),
}) satisfies z.ZodType<ScanReport>;

/** Both ways: what the schema takes is a report, and every report is what it takes. */
export type SchemaMatchesModel = [ScanReport] extends [z.output<typeof report>] ? true : never;

/** Draft 2020-12. */
export function reportJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(report, { io: 'input' });
  return { $schema, $id: 'urn:wharfinger:scan-report:1', title: 'Report of wharfinger-scan, version 1', ...rest };
}
