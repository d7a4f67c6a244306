import type { IgnoredFinding, LocatedPackage, ScanReport, VulnerabilityFinding } from '../../model.ts';
import { sourceOf } from '../id-source.ts';
import { compareText, severityRank, worstFirst } from '../severity.ts';
import { stableRef } from './stable-ref.ts';
import { whyIgnored } from './why-ignored.ts';
import type { CycloneDxRating, CycloneDxVulnerability } from './document.ts';

/** One entry for each id, worst first, with all packages that it affects; then those that are ignored, for each reason. */
export function describeVulnerabilities(
  { vulnerabilities, ignored }: ScanReport,
  refOf: (found: LocatedPackage) => string | undefined,
): CycloneDxVulnerability[] {
  const byReason = Map.groupBy(
    ignored.filter((one) => one.scanner === 'vulnerabilities'),
    (one) => JSON.stringify([one.by, one.reason, one.expires]),
  );
  const reasons = [...byReason].toSorted(([a], [b]) => compareText(a, b));
  return [
    ...groups(vulnerabilities).map((group) => describeFlaw(group, refOf)),
    ...reasons.flatMap(([, all]) => {
      const findings = all.map(({ finding }) => finding);
      return groups(findings).map((group) => describeFlaw(group, refOf, all[0]));
    }),
  ];
}

/** The findings of one id in each, the worst first. */
function groups(findings: readonly VulnerabilityFinding[]): VulnerabilityFinding[][] {
  return [...Map.groupBy(findings.toSorted(worstFirst), ({ id }) => id).values()];
}

/** `group`: the findings of one id, the worst first; there is at least one. `ignored` says why they are. */
function describeFlaw(
  group: readonly VulnerabilityFinding[],
  refOf: (found: LocatedPackage) => string | undefined,
  ignored?: IgnoredFinding,
): CycloneDxVulnerability {
  const id = group[0]?.id ?? '';
  const others = unique(group.flatMap((finding) => [...finding.otherIds, ...finding.advisories])).filter(
    (other) => other !== id,
  );
  const published = group.map((finding) => finding.published).find(isTime);
  const urls = unique(group.flatMap(({ references }) => references)).filter((url) => URL.canParse(url));
  const description = firstText(group.map(({ title }) => title));
  const detail = firstText(group.map(({ details }) => details));
  const recommendation = recommend(group);
  const exploited = group.find((finding) => finding.exploited)?.exploited;
  const epss = group.find((finding) => finding.epss)?.epss;
  const why = ignored === undefined ? '' : whyIgnored(ignored).trimStart();
  const willNotFix = group.every((finding) => finding.willNotFix);
  return {
    'bom-ref': stableRef('vulnerability', id, why),
    id,
    source: sourceOf(id),
    ...(others.length === 0 ? {} : { references: others.map((other) => ({ id: other, source: sourceOf(other) })) }),
    ratings: ratingsOf(group),
    ...(description === undefined ? {} : { description }),
    ...(detail === undefined ? {} : { detail }),
    ...(recommendation === '' ? {} : { recommendation }),
    ...(urls.length === 0 ? {} : { advisories: urls.map((url) => ({ url })) }),
    ...(published === undefined ? {} : { published }),
    ...(willNotFix || why !== ''
      ? { analysis: { ...(willNotFix ? { response: ['will_not_fix'] } : {}), ...(why === '' ? {} : { detail: why }) } }
      : {}),
    affects: affectedBy(group, refOf),
    properties: [
      ...unique(group.flatMap(({ advisories }) => advisories)).map((value) => ({ name: 'wharfinger:advisory', value })),
      ...(exploited === undefined ? [] : [{ name: 'wharfinger:exploitedSince', value: exploited.since }]),
      ...(group.some(({ proofOfConcept }) => proofOfConcept)
        ? [{ name: 'wharfinger:proofOfConcept', value: 'true' }]
        : []),
      ...(epss === undefined ? [] : [{ name: 'wharfinger:epss', value: `${epss.score} ${epss.percentile}` }]),
      ...(group.some(({ malicious }) => malicious) ? [{ name: 'wharfinger:malicious', value: 'true' }] : []),
      ...(ignored === undefined ? [] : [{ name: 'wharfinger:ignored', value: ignored.by }]),
    ],
  };
}

function affectedBy(
  group: readonly VulnerabilityFinding[],
  refOf: (found: LocatedPackage) => string | undefined,
): CycloneDxVulnerability['affects'] {
  const versions = new Map<string, string>();
  for (const finding of group) {
    const ref = refOf(finding.package);
    if (ref !== undefined) versions.set(ref, finding.package.version);
  }
  return [...versions]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([ref, version]) => ({ ref, versions: [{ version, status: 'affected' as const }] }));
}

/** Advisories of one flaw may judge it differently: each judgement once, the worst first. */
function ratingsOf(group: readonly VulnerabilityFinding[]): CycloneDxRating[] {
  const ratings = new Map<string, CycloneDxRating>();
  for (const { severity, cvss } of group) {
    const rating: CycloneDxRating =
      cvss === undefined
        ? { severity }
        : { severity, score: cvss.score, method: methods[cvss.version], vector: cvss.vector };
    ratings.set(JSON.stringify(rating), rating);
  }
  return [...ratings.values()].toSorted(
    (a, b) => severityRank(a.severity) - severityRank(b.severity) || (b.score ?? 0) - (a.score ?? 0),
  );
}

const methods = { '2.0': 'CVSSv2', '3.0': 'CVSSv3', '3.1': 'CVSSv31', '4.0': 'CVSSv4' } as const;

function recommend(group: readonly VulnerabilityFinding[]): string {
  const advice = group.map(({ package: found, fixedVersions, malicious }) => {
    if (malicious) return `Remove ${found.name}: the package itself is malicious.`;
    if (fixedVersions.length === 0) return '';
    return `Update ${found.name} to ${fixedVersions.join(' or ')}.`;
  });
  return unique(advice.filter(Boolean)).join(' ');
}

function firstText(texts: readonly string[]): string | undefined {
  return texts.find((text) => text !== '');
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].toSorted(compareText);
}

function isTime(text: string): boolean {
  try {
    Temporal.Instant.from(text);
    return true;
  } catch {
    return false;
  }
}
