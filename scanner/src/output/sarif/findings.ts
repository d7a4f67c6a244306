import { createHash } from 'node:crypto';
import type {
  MalwareFinding,
  MisconfigurationFinding,
  OperatingSystem,
  SecretFinding,
  Severity,
  VulnerabilityFinding,
} from '../../model.ts';
import { packageUrl } from '../../packages/purl.ts';
import { sourceOf } from '../id-source.ts';
import type { SarifLevel, SarifResult, SarifRule } from './document.ts';
import { locationOf } from './location.ts';
import { messageText } from './message-text.ts';

/** A finding as SARIF has it: its rule, shared by all of the same id, and what is told of this one. */
export interface Described {
  rule: SarifRule;
  result: Omit<SarifResult, 'ruleId' | 'ruleIndex'>;
}

export function describeVulnerability(finding: VulnerabilityFinding, system?: OperatingSystem): Described {
  const { id, otherIds, package: found, severity, cvss, fixedVersions, title, details, malicious, published } = finding;
  const { exploited, proofOfConcept, epss, willNotFix } = finding;
  const installed = `${found.name} ${found.version}`;
  const mend = malicious
    ? 'Remove it: the package itself is malicious.'
    : fixedVersions.length > 0
      ? `Update it to ${fixedVersions.join(' or ')}.`
      : willNotFix
        ? 'Its publisher will not mend it.'
        : 'No version is known that mends it.';
  const { url } = sourceOf(id);
  return {
    rule: {
      id,
      shortDescription: messageText(title || `${id} in ${finding.advisoryName}`),
      ...(details.trim() === '' ? {} : { fullDescription: messageText(...details.split('\n')) }),
      help: messageText(
        title || id,
        ...details.split('\n'),
        otherIds.length === 0 ? '' : `Also known as ${otherIds.join(', ')}.`,
        ...finding.references,
      ),
      ...(url === undefined ? {} : { helpUri: url }),
      ...gradeOf(severity, cvss?.score, ['security', 'vulnerability']),
    },
    result: {
      level: levelOf(severity),
      message: messageText(
        `${installed} has ${id}: ${title || 'no title'}. ${exploited === undefined ? '' : 'It is used in attacks. '}${mend}`,
      ),
      locations: [locationOf(found.path)],
      partialFingerprints: fingerprint('vulnerability', id, found.kind, found.name, found.path),
      properties: {
        severity,
        purl: packageUrl(found, system),
        installedVersion: found.version,
        fixedVersions,
        layer: found.layer,
        otherIds,
        advisories: finding.advisories,
        ...(cvss === undefined ? {} : { cvss }),
        ...(exploited === undefined ? {} : { exploited }),
        ...(proofOfConcept ? { proofOfConcept } : {}),
        ...(epss === undefined ? {} : { epss }),
        ...(willNotFix ? { willNotFix } : {}),
        ...(published === '' ? {} : { published }),
        ...(malicious ? { malicious } : {}),
      },
    },
  };
}

export function describeSecret(finding: SecretFinding): Described {
  const { rule, title, severity, redacted, path, line, layer, hidden } = finding;
  const name = title || rule;
  return {
    rule: {
      id: rule,
      shortDescription: messageText(name),
      help: messageText(
        name,
        'Whoever can pull the image can read it. Take it back where it was given out, give out a new one, and bring that in when a container starts.',
      ),
      ...gradeOf(severity, undefined, ['security', 'secret']),
    },
    result: {
      level: levelOf(severity),
      message: messageText(
        `${name}, ${redacted}${hidden ? '. A later layer deletes or overwrites the file; the image still holds it' : ''}.`,
      ),
      locations: [locationOf(path, line)],
      partialFingerprints: fingerprint('secret', rule, finding.fingerprint, path),
      properties: { severity, layer, hidden, secretFingerprint: finding.fingerprint },
    },
  };
}

export function describeMalware(finding: MalwareFinding): Described {
  const { rule, title, severity, category, author, tags, path, layer, sizeBytes, md5, sha256 } = finding;
  return {
    rule: {
      id: rule,
      shortDescription: messageText(title || rule),
      help: messageText(
        title || rule,
        author === '' ? '' : `Rule by ${author}.`,
        'Do not run the image; find out how the file came into it.',
      ),
      ...gradeOf(severity, undefined, ['security', 'malware']),
    },
    result: {
      level: levelOf(severity),
      message: messageText(`${title || rule} (${category}).`),
      locations: [locationOf(path)],
      partialFingerprints: fingerprint('malware', rule, path, sha256),
      properties: { severity, layer, category, author, ruleTags: tags, sizeBytes, md5, sha256 },
    },
  };
}

export function describeMisconfiguration(finding: MisconfigurationFinding): Described {
  const { id, benchmark, title, severity, reason, mend, evidence, moreEvidence } = finding;
  const places = evidence.map(({ place, detail }) => (detail === undefined ? place : `${place} (${detail})`));
  return {
    rule: {
      id,
      shortDescription: messageText(title),
      fullDescription: messageText(reason),
      help: messageText(reason, mend, benchmark === undefined ? '' : `CIS Docker Benchmark 1.6, ${benchmark}.`),
      ...gradeOf(severity, undefined, ['security', 'misconfiguration']),
    },
    result: {
      level: levelOf(severity),
      message: messageText(
        `${title}: ${[...places.slice(0, mostPlacesTold), ...more(places.length - mostPlacesTold + moreEvidence)].join(', ')}. ${mend}`,
      ),
      locations: evidence.length === 0 ? [locationOf('')] : evidence.map(({ place }) => locationOf(place)),
      partialFingerprints: fingerprint('misconfiguration', id),
      properties: { severity, moreEvidence, ...(benchmark === undefined ? {} : { benchmark }) },
    },
  };
}

const mostPlacesTold = 5;

function more(count: number): string[] {
  return count > 0 ? [`${count} more`] : [];
}

const levels: Readonly<Record<Severity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  // Nobody knows how bad it is: not to be passed over.
  unknown: 'warning',
};

/** The middle of the range that CVSS gives the word, where no score is told. */
const scores: Readonly<Record<Exclude<Severity, 'unknown'>, number>> = { critical: 9.5, high: 8, medium: 5.5, low: 2 };

export function levelOf(severity: Severity): SarifLevel {
  return levels[severity];
}

/** `security-severity` is what code hosts sort by; a score that contradicts the severity (a distribution's) gives way. */
function gradeOf(
  severity: Severity,
  score: number | undefined,
  tags: string[],
): Pick<SarifRule, 'defaultConfiguration' | 'properties'> {
  const told = severity === 'unknown' ? score : isWithin(severity, score) ? score : scores[severity];
  return {
    defaultConfiguration: { level: levelOf(severity) },
    properties: { tags, ...(told === undefined ? {} : { 'security-severity': told.toFixed(1) }) },
  };
}

function isWithin(severity: Exclude<Severity, 'unknown'>, score: number | undefined): score is number {
  const [from, below] = { critical: [9, 10.1], high: [7, 9], medium: [4, 7], low: [0.1, 4] }[severity];
  return score !== undefined && from !== undefined && below !== undefined && score >= from && score < below;
}

/** Equal for the same finding in the next scan, also when a version, a line or another finding has changed. */
function fingerprint(...parts: readonly string[]): Record<string, string> {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return { 'wharfinger/v1': digest };
}
