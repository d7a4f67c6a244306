import type { IgnoredFinding, OperatingSystem, Reason, ScanReport } from '../../model.ts';
import { safeJson } from '../json.ts';
import { severityRank, worstFirst } from '../severity.ts';
import type { SarifLog, SarifNotification, SarifResult, SarifRule } from './document.ts';
import {
  type Described,
  describeMalware,
  describeMisconfiguration,
  describeSecret,
  describeVulnerability,
} from './findings.ts';
import { locationOf, uriBases } from './location.ts';
import { messageText } from './message-text.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** The report as a SARIF 2.1.0 log, for code hosts and editors. The same text for the same report. */
export function renderSarif(report: ScanReport): string {
  return safeJson(describeReport(report));
}

function describeReport(report: ScanReport): SarifLog {
  const { rules, results } = collect(describeFindings(report));
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'wharfinger-scan', version: report.scanner.version, rules } },
        // A scan that could not read everything is never taken for a clean one.
        invocations: [
          {
            executionSuccessful: report.status === 'complete',
            toolExecutionNotifications: report.reasons.map(describeReason),
          },
        ],
        originalUriBaseIds: {
          IMAGE: { description: messageText(uriBases.IMAGE) },
          CONFIGURATION: { description: messageText(uriBases.CONFIGURATION) },
        },
        results,
        columnKind: 'utf16CodeUnits',
        properties: {
          target: report.target,
          imageId: report.image.id,
          digest: report.image.digest,
          status: report.status,
          digestsChecked: report.verified,
          scanners: report.scanners,
          advisories: report.advisories,
        },
      },
    ],
  };
}

/** Each class by itself, worst first; then what is ignored, marked so that viewers leave it out of their counts. */
function describeFindings(report: ScanReport): Described[] {
  const { vulnerabilities, secrets, malware, misconfigurations, operatingSystem } = report;
  return [
    ...vulnerabilities.toSorted(worstFirst).map((finding) => describeVulnerability(finding, operatingSystem)),
    ...secrets.toSorted(bySeverity).map(describeSecret),
    ...malware.toSorted(bySeverity).map(describeMalware),
    ...misconfigurations.toSorted(bySeverity).map(describeMisconfiguration),
    ...report.ignored.map((one) => describeIgnored(one, operatingSystem)),
  ];
}

function describeIgnored(ignored: IgnoredFinding, system: OperatingSystem | undefined): Described {
  const { rule, result } = describeOne(ignored, system);
  const justification = messageText(ignored.reason).text;
  return { rule, result: { ...result, suppressions: [{ kind: 'external', status: 'accepted', justification }] } };
}

function describeOne({ scanner, finding }: IgnoredFinding, system: OperatingSystem | undefined): Described {
  switch (scanner) {
    case 'vulnerabilities':
      return describeVulnerability(finding, system);
    case 'secrets':
      return describeSecret(finding);
    case 'malware':
      return describeMalware(finding);
    case 'misconfiguration':
      return describeMisconfiguration(finding);
    default:
      return scanner satisfies never;
  }
}

function bySeverity(a: { severity: Parameters<typeof severityRank>[0] }, b: typeof a): number {
  return severityRank(a.severity) - severityRank(b.severity);
}

/** Findings of one id share a rule: that of the first, which is the worst. */
function collect(described: readonly Described[]): { rules: SarifRule[]; results: SarifResult[] } {
  const rules: SarifRule[] = [];
  const indexes = new Map<string, number>();
  const results = described.map(({ rule, result }): SarifResult => {
    const kind = rule.properties.tags.at(-1) ?? '';
    const key = JSON.stringify([kind, rule.id]);
    const ruleIndex = indexes.get(key) ?? rules.push(rule) - 1;
    indexes.set(key, ruleIndex);
    return { ruleId: rule.id, ruleIndex, ...result };
  });
  return { rules, results };
}

function describeReason({ code, message, path }: Reason): SarifNotification {
  return {
    descriptor: { id: code },
    level: 'error',
    message: messageText(message),
    ...(path === undefined ? {} : { locations: [locationOf(path)] }),
  };
}
