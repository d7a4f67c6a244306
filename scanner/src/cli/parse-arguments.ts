import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ClamdAddress, parseClamdAddress } from '../clamd/address.ts';
import type { Scanner, Severity } from '../model.ts';
import { isReportFormat, type ReportFormat, reportFormats } from '../output/render-report.ts';

export interface ScanArguments {
  help: boolean;
  /** As the user wrote it. */
  target: string;
  format: ReportFormat;
  /** What is looked for. */
  scanners: Scanner[];
  /** `os/architecture[/variant]`, of an image for several. */
  platform?: string;
  /** Absolute; undefined for standard output. */
  output?: string;
  /** Absolute. */
  advisories: string[];
  /** As the user wrote them. Empty for our own rules. */
  secretRules: string[];
  /** Absolute. */
  malwareRules: string[];
  /** Absolute. */
  malwareHashes: string[];
  clamd?: ClamdAddress;
  /** Absolute. */
  cacheDir?: string;
  failOn?: Exclude<Severity, 'unknown'>;
  /** Leave out what no version mends. */
  ignoreUnfixed: boolean;
  /** Absolute. */
  ignoreFile?: string;
}

/** The arguments cannot be used; the message says why in one line. */
export class ArgumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArgumentError';
  }
}

export const scanUsage = `scan <target> [--format table|json|sarif|cyclonedx] [--output FILE]
       [--scanners LIST] [--platform OS/ARCH] [--advisories FOLDER] [--cache-dir DIR]
       [--secret-rules FILE] [--malware-rules PATH] [--malware-hashes FILE]
       [--clamd ADDRESS]
       [--fail-on low|medium|high|critical] [--ignore-unfixed] [--ignore-file FILE]

  <target>      a docker save archive, an OCI layout (folder or archive), an unpacked root file
                system, or an image in a registry such as registry.example.com/team/app:1.2;
                docker-archive:, oci:, dir: or registry: before it says which
  --format      table for people (default), json (all that is known), sarif (2.1.0),
                cyclonedx (1.6)
  --json        the same as --format json
  --output      write to this file instead of standard output
  --scanners    what to look for, with commas: packages, vulnerabilities, secrets, malware,
                misconfiguration (default: all)
  --platform    such as linux/arm64, of an image for several; linux/amd64 otherwise
  --advisories  OSV records: a folder, NDJSON or an archive (plain, gzip, zstd, zip), beside the
                starter set; with them KEV (JSON), EPSS (CSV); may be given more than once
  --secret-rules
                rules for secrets in gitleaks' format, instead of our own (or beside them, where
                the file says useDefault); may be given more than once
  --malware-rules
                YARA rules beside our own: a file, or a folder with all .yar and .yara files in it;
                may be given more than once
  --malware-hashes
                digests of files that are malware, one a line: SHA-256, SHA-1 or MD5, and a name;
                may be given more than once
  --clamd       a ClamAV daemon that is asked about every file too: HOST:PORT or unix:PATH
  --cache-dir   keep what was read of each layer, so that the next scan need not read it again
  --ignore-unfixed
                leave out vulnerabilities that no version mends
  --ignore-file leave out what this file names, with a reason each (TOML, see docs/ignore-file.md)
  --fail-on     end with status 1 when anything this severe, or worse, is found and not ignored

Exit status: 0 the scan came to an end, 1 it found what --fail-on names, 2 it gave no result.`;

const scanners: readonly Scanner[] = ['packages', 'vulnerabilities', 'secrets', 'malware', 'misconfiguration'];
const failLevels = ['low', 'medium', 'high', 'critical'] as const;
const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** Throws {@link ArgumentError}. */
export function parseScanArguments(argv: readonly string[], cwd: string): ScanArguments {
  const { values, positionals } = parse(argv);
  const format = values.format ?? (values.json ? 'json' : 'table');
  if (!isReportFormat(format)) {
    throw new ArgumentError(`there is no format "${format}"; there are ${reportFormats.join(', ')}`);
  }
  if (values.json && format !== 'json') throw new ArgumentError('--json and --format say different things');
  const failOn = values['fail-on'];
  if (failOn !== undefined && !isFailLevel(failOn)) {
    throw new ArgumentError(`--fail-on takes ${failLevels.join(', ')}, not "${failOn}"`);
  }
  const { platform } = values;
  if (platform !== undefined && platform !== '' && !/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/.test(platform)) {
    throw new ArgumentError(`--platform takes os/architecture, such as linux/arm64, not "${platform}"`);
  }
  const clamd = values.clamd === undefined ? undefined : parseClamdAddress(values.clamd);
  if (values.clamd && clamd === undefined) {
    throw new ArgumentError(`--clamd takes HOST:PORT or unix:PATH, not "${values.clamd}"`);
  }
  const [target = '', another] = positionals;
  if (!values.help && target === '') throw new ArgumentError('say what to scan: an archive, a folder or an image');
  if (another !== undefined) throw new ArgumentError(`one target at a time; "${another}" is a second one`);
  for (const [name, value] of Object.entries(values)) {
    if ([value].flat().includes('')) throw new ArgumentError(`--${name} has an empty value`);
  }
  return {
    help: values.help,
    target,
    format,
    scanners: values.scanners === undefined ? [...scanners] : readScanners(values.scanners),
    ...(platform === undefined ? {} : { platform }),
    advisories: (values.advisories ?? []).map((path) => resolve(cwd, path)),
    secretRules: values['secret-rules'] ?? [],
    malwareRules: (values['malware-rules'] ?? []).map((path) => resolve(cwd, path)),
    malwareHashes: (values['malware-hashes'] ?? []).map((path) => resolve(cwd, path)),
    ...(clamd === undefined ? {} : { clamd }),
    ...(values.output === undefined ? {} : { output: resolve(cwd, values.output) }),
    ...(values['cache-dir'] === undefined ? {} : { cacheDir: resolve(cwd, values['cache-dir']) }),
    ...(failOn === undefined ? {} : { failOn }),
    ignoreUnfixed: values['ignore-unfixed'],
    ...(values['ignore-file'] === undefined ? {} : { ignoreFile: resolve(cwd, values['ignore-file']) }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { ...flag, short: 'h' },
        format: text,
        json: flag,
        output: { ...text, short: 'o' },
        scanners: text,
        platform: text,
        advisories: { ...text, multiple: true },
        'secret-rules': { ...text, multiple: true },
        'malware-rules': { ...text, multiple: true },
        'malware-hashes': { ...text, multiple: true },
        clamd: text,
        'cache-dir': text,
        'fail-on': text,
        'ignore-unfixed': flag,
        'ignore-file': text,
      },
    });
  } catch (error) {
    // Node's messages go on with advice on `--`; the first sentence says what is wrong.
    throw new ArgumentError(String(error instanceof Error ? error.message : error).split(/\.\s|\n|\.$/, 1)[0] ?? '');
  }
}

/** Packages are listed whatever else is looked for: nothing is found without them. */
function readScanners(list: string): Scanner[] {
  const wanted = new Set(list.split(',').map((name) => name.trim()));
  for (const name of wanted) {
    if (!scanners.some((scanner) => scanner === name)) {
      throw new ArgumentError(`--scanners takes ${scanners.join(', ')}, not "${name}"`);
    }
  }
  return scanners.filter((scanner) => scanner === 'packages' || wanted.has(scanner));
}

function isFailLevel(word: string): word is (typeof failLevels)[number] {
  return failLevels.some((level) => level === word);
}
