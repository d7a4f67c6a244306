/**
 * The words of the scanner: what goes in (an image source), what is kept (a layer index), what comes out (a report).
 *
 * Everything but {@link ImageSource} is plain JSON, so that it passes between processes and into a store as it is.
 * Paths are those inside the image: `/`-separated, without a leading slash, already normalised.
 */

/** The package types we know, named as in package URLs. */
export type PackageKind =
  | 'apk'
  | 'cargo'
  | 'composer'
  | 'deb'
  | 'gem'
  | 'golang'
  | 'maven'
  | 'npm'
  | 'nuget'
  | 'pypi'
  | 'rpm';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'unknown';

/** The classes of risk that a scan can look for; packages are always read, since vulnerabilities stand on them. */
export type RiskClass = 'vulnerabilities' | 'secrets' | 'malware' | 'misconfiguration';
/** What a scan looks for. Packages are always listed. */
export type Scanner = 'packages' | RiskClass;

/** A package as its package manager (or its own metadata) names it. */
export interface Package {
  kind: PackageKind;
  /** As installed, not normalised. npm with its scope (`@scope/name`), Go the module path, Maven `group:artifact`. */
  name: string;
  /** As installed. Go without the leading `v` is never stored: the text stands as the binary has it. */
  version: string;
  architecture?: string;
  /** The source package that distributions publish advisories for; only where it is told (dpkg, apk, rpm). */
  source?: { name: string; version: string };
  /** The module stream that an rpm package belongs to, such as `nodejs:14:8030020210303:229f0a1c`. */
  modularity?: string;
  /** A lock file says that it is needed for development only. */
  development?: boolean;
}

/** A package and where it was found in the image. */
export interface LocatedPackage extends Package {
  /** The file that told of it. */
  path: string;
  /** Diff id of the layer that brought it (the lowest one from which it stands unchanged to the top). */
  layer: string;
  /** The distribution's package that the file at `path` belongs to. */
  owner?: { kind: PackageKind; name: string; version: string };
  /**
   * Its manager could not order this version, so that ranges of advisories say nothing of it: it matches only where an
   * advisory lists the version in the same letters.
   */
  versionUnreadable?: true;
}

/** What `os-release` says; `ecosystem` is the OSV name with the release, such as `Debian:11` or `Alpine:v3.10`. */
export interface OperatingSystem {
  id: string;
  versionId: string;
  name: string;
  ecosystem?: string;
  /** The last day of its security updates, `YYYY-MM-DD`, where we know it. Of an inventory, not of a layer's index. */
  supportEnds?: string;
}

/** A place in a file or in the image's configuration where a secret stands. The value itself never leaves the engine. */
export interface SecretHit {
  rule: string;
  title: string;
  severity: Severity;
  /** Of the rule, where it has any. */
  tags?: string[];
  /** 1-based line; 0 where there are no lines (environment, labels, history). */
  line: number;
  /** The secret with all but its first few characters masked. */
  redacted: string;
  /** Keyed by nothing but the value: equal secrets have equal fingerprints. SHA-256, hex, first 16 digits. */
  fingerprint: string;
}

/** A rule of the malware set that a file meets. */
export interface MalwareHit {
  rule: string;
  title: string;
  severity: Severity;
  /** Such as `webshell`, `miner`, `reverse-shell`, `test-file`. */
  category: string;
  /** The rule's author: some rule licences ask that it is shown. */
  author: string;
  tags: string[];
  /** The file in the archive that meets it, where the file itself is one: `b.tar!/c.sh`. */
  inside?: { path: string; sizeBytes: number; md5: string; sha256: string };
}

/** Why something could not be read to its end. `code` is stable, `message` is for people. */
export interface Reason {
  code: ReasonCode;
  message: string;
  layer?: string;
  path?: string;
}

export type ReasonCode =
  | 'budget-bytes'
  | 'budget-ratio'
  | 'budget-entries'
  | 'budget-time'
  | 'budget-memory'
  | 'budget-depth'
  | 'file-too-large'
  | 'layer-truncated'
  | 'layer-corrupt'
  | 'layer-unsupported'
  | 'digest-mismatch'
  | 'path-refused'
  | 'package-unreadable'
  | 'archive-unreadable'
  | 'child-died'
  | 'clamd-failed'
  | 'registry-unreachable'
  | 'registry-denied'
  | 'registry-not-found'
  | 'registry-error'
  | 'target-not-found'
  | 'target-unreadable'
  | 'cancelled';

/** Paths that belong to one package of the distribution, by the package's name. */
export interface OwnedFiles {
  package: string;
  paths: string[];
}

/** A file of a layer that held something worth keeping. */
export interface IndexedFile {
  path: string;
  sizeBytes: number;
  /** Set where an extractor read the file and it told of something. */
  extractor?: string;
  /**
   * The path under which the extractor read the file, where that is not its own: a package database in a folder that
   * only links make known. It counts where the links of all layers lead from here to `path`.
   */
  as?: string;
  /** A later entry of the same layer replaces it: nobody sees it, whoever has the layer can read it. */
  buried?: boolean;
  packages?: Package[];
  /** Files that a distribution's package brought, as far as they are of a kind that tells of packages themselves. */
  owned?: OwnedFiles[];
  operatingSystem?: OperatingSystem;
  secrets?: SecretHit[];
  malware?: MalwareHit[];
  /** Permission bits, of a file with those that others should not have (setuid, setgid, writable for everybody). */
  mode?: number;
  /** The package manager whose cache the file lies in. */
  cache?: string;
  /** Of files with malware hits only. */
  md5?: string;
  sha256?: string;
}

/**
 * What one layer holds, told without knowing any other layer. Kept under (tenant, layer digest, indexer version,
 * rule-set digest, risk classes).
 */
export interface LayerIndex {
  /** SHA-256 of the layer as uncompressed tar, `sha256:<hex>`. */
  diffId: string;
  files: IndexedFile[];
  /**
   * Every path that the layer sets, for hiding what lies below: files and links as they are, folders with a `/` behind
   * where nothing is in them here or a link may have stood. One text, see `reading/path-list.ts`: an image has a hundred thousand of them.
   */
  paths: string;
  /** Symbolic links through which a package database may be reached (`lib` to `usr/lib`). The target as it is written. */
  links: { path: string; target: string }[];
  /** Paths whose whiteout (`.wh.<name>`) stands in this layer. */
  removed: string[];
  /** Folders whose opaque marker (`.wh..wh..opq`) stands in this layer. */
  opaque: string[];
  /** Permission bits of folders of the system, as far as this layer sets them; where they were asked for. */
  folders?: { path: string; mode: number }[];
  entryCount: number;
  uncompressedBytes: number;
  /** Empty when the layer was read to its end. */
  incomplete: Reason[];
}

/** The parts of an OCI / Docker image configuration that a scan uses. */
export interface ImageConfig {
  architecture: string;
  os: string;
  /** RFC 3339, or empty when the image does not say. */
  created: string;
  env: string[];
  labels: Record<string, string>;
  history: { created?: string; createdBy: string; comment?: string; emptyLayer: boolean }[];
  /** Bottom up. */
  diffIds: string[];
  /** As it is written; empty where none is set. Absent where there is no configuration. */
  user?: string;
  /** Such as `8080/tcp`. */
  exposedPorts?: string[];
  /** Whether one is set that is not switched off. */
  healthCheck?: boolean;
  /** Entry point and arguments. */
  command?: string[];
}

/**
 * One layer as a source offers it. A range of an open local file (walked by headers), a stream of bytes as stored, or an
 * unpacked root file system. A stream from a network ends with an error when its digest is not `digest`.
 */
export interface LayerSource {
  /** Digest of the bytes as stored (compressed or not). */
  digest: string;
  /** From the image's configuration. Computed and compared by the reader when the source is `verified`. */
  diffId: string;
  /** Bytes as stored, where known. */
  sizeBytes?: number;
  /**
   * Of local files: what tells these bytes from others without reading them (device, inode, size, times, place). Without
   * it, and not verified, an index of the layer is not kept.
   */
  cacheKey?: string;
  content: LayerContent;
}

export type LayerContent =
  | { type: 'range'; fd: number; offset: number; length: number; compressed: boolean }
  | { type: 'stream'; open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> }
  | { type: 'folder'; path: string };

/** An image that is open for reading: a local archive, an unpacked root file system, an image in a registry. */
export interface ImageSource {
  kind: 'docker-archive' | 'oci' | 'directory' | 'registry';
  /** As the user wrote it. */
  target: string;
  /** The image ID: digest of the configuration, `sha256:<hex>`. Of a directory: empty. */
  imageId: string;
  /** Digest of the manifest, where there is one; else empty. */
  digest: string;
  config: ImageConfig;
  /** Bottom up. */
  layers: LayerSource[];
  /** Whether every byte is checked against its digest (everything that comes over a network). */
  verified: boolean;
  close(): Promise<void>;
}

/** The layers of an image put together: what a container of it would see, and what hides below. */
export interface Inventory {
  operatingSystem?: OperatingSystem;
  packages: LocatedPackage[];
  secrets: SecretFinding[];
  malware: MalwareFinding[];
  /** Of files only where the layers were read for it. */
  misconfigurations: MisconfigurationFinding[];
  incomplete: Reason[];
}

export interface SecretFinding extends SecretHit {
  /** A path in the image, or where in the configuration: `env:NAME`, `label:NAME`, `history:3`. */
  path: string;
  layer: string;
  /** A later layer deletes or overwrites the file; whoever pulls the image can still read it. */
  hidden: boolean;
}

export interface MalwareFinding extends Omit<MalwareHit, 'inside'> {
  /** In an archive `opt/a.zip!/b/c.sh`; size and digests are those of the inner file. */
  path: string;
  layer: string;
  sizeBytes: number;
  md5: string;
  sha256: string;
}

/** Something about the image that makes its containers weaker than they need be. */
export interface MisconfigurationFinding {
  /** Stable, such as `root-user`. */
  id: string;
  /** The item of the CIS Docker Benchmark (1.6), where there is one. */
  benchmark?: string;
  title: string;
  severity: Severity;
  reason: string;
  /** What mends it. */
  mend: string;
  /** Where: a path, `env:NAME`, `label:NAME`, `history:3`, `port:22/tcp`, `config:User`. */
  evidence: { place: string; detail?: string }[];
  /** Places beyond those that are listed. */
  moreEvidence: number;
}

/** One flaw of one package. */
export interface VulnerabilityFinding {
  /** The CVE id; without one the advisory's own id. One finding for each CVE that an advisory names. */
  id: string;
  /** All other ids of the same flaw: the matched advisories' own and their aliases. Sorted. */
  otherIds: string[];
  /** Ids of the advisory records that matched, sorted. */
  advisories: string[];
  package: LocatedPackage;
  /** The package name that the advisory was matched by (a distribution's source package, a normalised name). */
  advisoryName: string;
  severity: Severity;
  cvss?: { version: '2.0' | '3.0' | '3.1' | '4.0'; vector: string; score: number };
  /** Versions that mend it, lowest first; empty when none is known. */
  fixedVersions: string[];
  /** Whoever publishes the package says that no version will mend it there. Only without a fixed version. */
  willNotFix?: true;
  /** It is known to be used in attacks, and since when (`YYYY-MM-DD`, or empty). Source: a catalogue such as CISA's KEV. */
  exploited?: { since: string };
  /** How to use it in attacks is published. Source: a judgement such as CISA's Vulnrichment. */
  proofOfConcept?: true;
  /** How likely it is to be used in attacks within 30 days, and the part of all flaws that are less so: both 0 to 1. Source: FIRST's EPSS. */
  epss?: { score: number; percentile: number };
  title: string;
  details: string;
  references: string[];
  /** RFC 3339, or empty. */
  published: string;
  /** A package that is malicious itself (MAL- records). */
  malicious: boolean;
}

/** The result of a scan that came to an end; one that did not is a `ScanError`. */
export interface ScanReport {
  schemaVersion: 1;
  scanner: { version: string; indexer: string; rules: string };
  /** What was looked for: the others' lists are empty whatever the image holds. */
  scanners: Scanner[];
  target: string;
  source: ImageSource['kind'];
  /** Whether all digests were checked. */
  verified: boolean;
  image: {
    id: string;
    digest: string;
    architecture: string;
    os: string;
    created: string;
    layers: string[];
    /** What it was built from, where its builder wrote that into labels; `digest` is empty where it did not say. */
    base?: { name: string; digest: string };
  };
  operatingSystem?: OperatingSystem;
  status: 'complete' | 'incomplete';
  /** Why it is incomplete; empty when complete. */
  reasons: Reason[];
  packages: LocatedPackage[];
  vulnerabilities: VulnerabilityFinding[];
  secrets: SecretFinding[];
  malware: MalwareFinding[];
  misconfigurations: MisconfigurationFinding[];
  /** Findings that the user asked to leave out of the lists above. */
  ignored: IgnoredFinding[];
  advisories: { records: number; newest: string };
}

/** A finding that stands in no list of the report, and why. */
export type IgnoredFinding =
  | IgnoredOf<'vulnerabilities', VulnerabilityFinding>
  | IgnoredOf<'secrets', SecretFinding>
  | IgnoredOf<'malware', MalwareFinding>
  | IgnoredOf<'misconfiguration', MisconfigurationFinding>;

export interface IgnoredOf<Class extends RiskClass, Finding> {
  scanner: Class;
  /** An entry of the ignore file, or the wish to see only what can be mended. */
  by: 'ignore-file' | 'ignore-unfixed';
  reason: string;
  /** The last day on which the entry counts, `YYYY-MM-DD`. */
  expires?: string;
  finding: Finding;
}

/** A scan that gave no result, and why. */
export class ScanError extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, options?: ErrorOptions) {
    super(reason.message, options);
    this.name = 'ScanError';
    this.reason = reason;
  }
}
