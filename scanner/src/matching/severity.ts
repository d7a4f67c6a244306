import cvssCalculator from 'ae-cvss-calculator';
import type { OsvSeverity } from '../advisories/osv-record.ts';
import type { Severity, VulnerabilityFinding } from '../model.ts';
import { findEcosystem } from './ecosystems.ts';
import type { Candidate } from './match-records.ts';

export type Cvss = NonNullable<VulnerabilityFinding['cvss']>;

const ranks: readonly Severity[] = ['unknown', 'low', 'medium', 'high', 'critical'];

/** Words of advisory databases and distributions. What says nothing (`not yet assigned`, `none`) is not here. */
const words: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['middle', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['negligible', 'low'],
  ['unimportant', 'low'],
]);

/** Newest first. */
const cvssVersions: readonly Cvss['version'][] = ['4.0', '3.1', '3.0', '2.0'];

/**
 * How bad a flaw is, of all that its records say: the distribution's own word first (it knows how it built the
 * package), else the CVSS score, else the word of the advisory database.
 */
export function judgeSeverity(matched: readonly Candidate[]): { severity: Severity; cvss?: Cvss } {
  const cvss = bestCvss(matched.flatMap(severitiesOf));
  const ofDistribution = worst(matched.filter(isOfDistribution).flatMap(wordsOf));
  const severity = firstKnown(ofDistribution, cvss ? ratingOf(cvss) : 'unknown', worst(matched.flatMap(wordsOf)));
  return cvss ? { severity, cvss } : { severity };
}

/** Negative when `a` is worse. */
export function compareSeverity(a: Severity, b: Severity): number {
  return ranks.indexOf(b) - ranks.indexOf(a);
}

/** Some hundred vectors stand for nearly all flaws, and a score takes longer than all other matching of a flaw. */
const mostRemembered = 10_000;
const remembered = new Map<string, Cvss | undefined>();

/** Undefined for a text that is no CVSS vector with all base metrics. */
export function readCvss(vector: string): Cvss | undefined {
  const known = remembered.get(vector);
  if (known !== undefined || remembered.has(vector)) return known;
  if (remembered.size >= mostRemembered) remembered.clear();
  const read = calculate(vector);
  remembered.set(vector, read);
  return read;
}

function calculate(vector: string): Cvss | undefined {
  try {
    const parsed = cvssCalculator.fromVector(vector.trim());
    if (!parsed?.isBaseFullyDefined()) return undefined;
    const version = cvssVersions.find((known) => parsed.getVectorName().endsWith(known));
    const scores: { base?: number | undefined } = parsed.calculateScores();
    if (version === undefined || scores.base === undefined) return undefined;
    return { version, vector: vector.trim(), score: scores.base };
  } catch {
    return undefined;
  }
}

/** Of several vectors the one that counts; undefined where none is one. */
export function judgeVectors(vectors: readonly string[]): { severity: Severity; cvss: Cvss } | undefined {
  const cvss = bestCvss(vectors.map((score) => ({ type: 'CVSS_', score })));
  return cvss && { severity: ratingOf(cvss), cvss };
}

/** Source: CVSS 3.1 and 4.0, "Qualitative Severity Rating Scale"; for 2.0 that of the NVD, which has no critical. */
function ratingOf({ version, score }: Cvss): Severity {
  if (score >= 9 && version !== '2.0') return 'critical';
  if (score >= 7) return 'high';
  return score >= 4 ? 'medium' : 'low';
}

function firstKnown(...severities: Severity[]): Severity {
  return severities.find((severity) => severity !== 'unknown') ?? 'unknown';
}

function worst(found: readonly string[]): Severity {
  const known = found.map((word) => words.get(word.toLowerCase()) ?? 'unknown');
  return known.sort(compareSeverity)[0] ?? 'unknown';
}

function isOfDistribution({ entries, record }: Candidate): boolean {
  return !record.starter && entries.some((entry) => findEcosystem(entry.ecosystem)?.isDistribution);
}

/** Of the package where it is told for the package, else of the record. Ubuntu puts its word among the scores. */
function wordsOf(candidate: Candidate): string[] {
  const ownWords = candidate.entries.flatMap((entry) => entry.severityWord ?? []);
  const scored = severitiesOf(candidate)
    .filter(({ type }) => !type.startsWith('CVSS_'))
    .map(({ score }) => score);
  const found = [...ownWords, ...scored];
  return found.length > 0 ? found : [candidate.record.severityWord ?? ''];
}

function severitiesOf({ record, entries }: Candidate): OsvSeverity[] {
  const own = entries.flatMap((entry) => entry.severity);
  return own.length > 0 ? own : record.severity;
}

/** The newest version of CVSS that is told, and of that the highest score. */
function bestCvss(severities: readonly OsvSeverity[]): Cvss | undefined {
  const vectors = new Set(severities.filter(({ type }) => type.startsWith('CVSS_')).map(({ score }) => score));
  const read = [...vectors].flatMap((vector) => readCvss(vector) ?? []);
  return read.sort((a, b) => cvssVersions.indexOf(a.version) - cvssVersions.indexOf(b.version) || b.score - a.score)[0];
}
