/**
 * What is found in files and in the image's configuration: CycloneDX has no place of its own for it, so each finding is an
 * annotation on the file that holds it, or on the image, and that file is a component.
 */
import type {
  IgnoredFinding,
  MalwareFinding,
  MisconfigurationFinding,
  ScanReport,
  SecretFinding,
  Severity,
} from '../../model.ts';
import { compareText, severityRank } from '../severity.ts';
import type { CycloneDxAnnotation, CycloneDxComponent, CycloneDxProperty } from './document.ts';
import { stableRef } from './stable-ref.ts';
import { whyIgnored } from './why-ignored.ts';

export interface DescribedFindings {
  /** Files with malware or secrets, sorted. */
  files: CycloneDxComponent[];
  /** Malware, secrets, misconfigurations; of each kind the worst first, what is ignored last. */
  annotations: CycloneDxAnnotation[];
}

/** Before it has an annotator and a time. */
interface Note {
  ref: string;
  subject: string;
  severity: Severity;
  ignored: boolean;
  text: string;
}

/** `imageRef` stands for findings that are of no file. */
export function describeFindings(
  report: ScanReport,
  imageRef: string,
  annotator: CycloneDxComponent,
  timestamp: string,
): DescribedFindings {
  const malware = told(
    report.malware,
    report.ignored.filter((one) => one.scanner === 'malware'),
  );
  const secrets = told(
    report.secrets,
    report.ignored.filter((one) => one.scanner === 'secrets'),
  );
  const misconfigurations = told(
    report.misconfigurations,
    report.ignored.filter((one) => one.scanner === 'misconfiguration'),
  );
  const files = new Map<string, CycloneDxComponent>();
  for (const { finding } of secrets) {
    if (!isOfConfiguration(finding)) addFile(files, finding, {}, finding.hidden ? [hidden] : []);
  }
  for (const { finding } of malware) addFile(files, finding, hashesOf(finding));
  const notes = [
    ...sorted(malware.map(({ finding, why }) => noteOfMalware(finding, why))),
    ...sorted(secrets.map(({ finding, why }) => noteOfSecret(finding, why, imageRef))),
    ...sorted(misconfigurations.map(({ finding, why }) => noteOfMisconfiguration(finding, why, imageRef))),
  ];
  return {
    files: [...files.values()].toSorted(
      (a, b) => compareText(a.name, b.name) || compareText(a['bom-ref'] ?? '', b['bom-ref'] ?? ''),
    ),
    annotations: notes.map(({ ref, subject, text }) => ({
      'bom-ref': ref,
      subjects: [subject],
      annotator: { component: annotator },
      timestamp,
      text,
    })),
  };
}

interface Told<Finding> {
  finding: Finding;
  /** Why it is ignored; empty where it is not. */
  why: string;
}

function told<Finding>(
  found: readonly Finding[],
  ignored: readonly (Pick<IgnoredFinding, 'by' | 'reason' | 'expires'> & { finding: Finding })[],
): Told<Finding>[] {
  return [
    ...found.map((finding) => ({ finding, why: '' })),
    ...ignored.map((one) => ({ finding: one.finding, why: whyIgnored(one) })),
  ];
}

const hidden: CycloneDxProperty = { name: 'wharfinger:hidden', value: 'true' };

function addFile(
  files: Map<string, CycloneDxComponent>,
  { path, layer }: { path: string; layer: string },
  more: Pick<CycloneDxComponent, 'hashes'>,
  properties: readonly CycloneDxProperty[] = [],
): void {
  const ref = fileRef(path, layer);
  const known = files.get(ref);
  files.set(ref, {
    type: 'file',
    'bom-ref': ref,
    name: path,
    ...known,
    ...more,
    properties: known?.properties ?? [{ name: 'wharfinger:layer', value: layer }, ...properties],
  });
}

function hashesOf({ md5, sha256 }: MalwareFinding): Pick<CycloneDxComponent, 'hashes'> {
  const hashes = [
    ...(/^[0-9a-f]{32}$/.test(md5) ? [{ alg: 'MD5' as const, content: md5 }] : []),
    ...(/^[0-9a-f]{64}$/.test(sha256) ? [{ alg: 'SHA-256' as const, content: sha256 }] : []),
  ];
  return hashes.length === 0 ? {} : { hashes };
}

function noteOfMalware({ rule, title, severity, category, author, path, layer }: MalwareFinding, why: string): Note {
  const by = author === '' ? '' : ` Rule by ${author}.`;
  return {
    ref: stableRef('malware', rule, path, layer, why),
    subject: fileRef(path, layer),
    severity,
    ignored: why !== '',
    text: `Malware, ${severity}: ${title || rule} (${rule}, ${category}).${by}${why}`,
  };
}

function noteOfSecret(finding: SecretFinding, why: string, imageRef: string): Note {
  const { rule, title, severity, line, redacted, path, layer } = finding;
  const place = isOfConfiguration(finding) ? `in ${path}` : line > 0 ? `in line ${line}` : 'the whole file';
  const deleted = finding.hidden ? ' A later layer deletes or overwrites the file; the image still holds it.' : '';
  return {
    ref: stableRef('secret', rule, path, layer, String(line), finding.fingerprint, why),
    subject: isOfConfiguration(finding) ? imageRef : fileRef(path, layer),
    severity,
    ignored: why !== '',
    text: `Secret, ${severity}: ${title || rule} (${rule}) ${place}: ${redacted}.${deleted}${why}`,
  };
}

function noteOfMisconfiguration(
  { id, benchmark, title, severity, reason, mend, evidence, moreEvidence }: MisconfigurationFinding,
  why: string,
  imageRef: string,
): Note {
  const places = evidence.map(({ place, detail }) => (detail === undefined ? place : `${place} (${detail})`));
  const told = [...places, ...(moreEvidence > 0 ? [`${moreEvidence} more`] : [])].join(', ');
  const item = benchmark === undefined ? '' : ` CIS Docker Benchmark 1.6, ${benchmark}.`;
  return {
    // One finding may be ignored at some of its places.
    ref: stableRef('misconfiguration', id, why, ...(why === '' ? [] : places)),
    subject: imageRef,
    severity,
    ignored: why !== '',
    text: `Misconfiguration, ${severity}: ${title} (${id}): ${told}. ${reason} ${mend}${item}${why}`,
  };
}

/** `env:NAME`, `label:NAME` and `history:3` are no files. */
function isOfConfiguration({ path, line }: SecretFinding): boolean {
  return line === 0 && /^(?:env|label|history):/.test(path);
}

/** Each finding once: the same note twice says nothing more. */
function sorted(notes: readonly Note[]): Note[] {
  const unique = new Map(notes.map((note) => [note.ref, note]));
  return [...unique.values()].toSorted(
    (a, b) =>
      Number(a.ignored) - Number(b.ignored) ||
      severityRank(a.severity) - severityRank(b.severity) ||
      compareText(a.text, b.text) ||
      compareText(a.ref, b.ref),
  );
}

function fileRef(path: string, layer: string): string {
  return stableRef('file', path, layer);
}
