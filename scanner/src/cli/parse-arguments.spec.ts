import { describe, expect, it } from 'vitest';
import { ArgumentError, parseScanArguments, scanUsage } from './parse-arguments.ts';

const cwd = '/home/user/work';
const everything = ['packages', 'vulnerabilities', 'secrets', 'malware', 'misconfiguration'];

describe('the arguments of scan', () => {
  it.each([
    [['app.tar'], { target: 'app.tar', format: 'table', advisories: [] }],
    [
      ['app', '--scanners', 'malware, secrets', '--platform', 'linux/arm/v7'],
      {
        target: 'app',
        format: 'table',
        advisories: [],
        scanners: ['packages', 'secrets', 'malware'],
        platform: 'linux/arm/v7',
      },
    ],
    [['--json', 'alpine'], { target: 'alpine', format: 'json', advisories: [] }],
    [
      ['app.tar', '--format', 'cyclonedx', '--output', 'out/bom.json', '--fail-on=high'],
      { target: 'app.tar', format: 'cyclonedx', output: `${cwd}/out/bom.json`, failOn: 'high', advisories: [] },
    ],
    [
      ['app.tar', '--ignore-unfixed', '--ignore-file', 'ignore.toml'],
      { target: 'app.tar', format: 'table', advisories: [], ignoreUnfixed: true, ignoreFile: `${cwd}/ignore.toml` },
    ],
    [
      ['--advisories', 'osv', '--advisories', '/var/osv.zip', '--cache-dir', '../cache', '--', '-odd-name'],
      {
        target: '-odd-name',
        format: 'table',
        advisories: [`${cwd}/osv`, '/var/osv.zip'],
        cacheDir: '/home/user/cache',
      },
    ],
    [
      ['a', '--secret-rules', 'mine.toml', '--secret-rules=/etc/rules.toml'],
      { target: 'a', format: 'table', advisories: [], secretRules: ['mine.toml', '/etc/rules.toml'] },
    ],
    [
      ['a', '--malware-rules', 'rules', '--malware-rules=/etc/rules', '--malware-hashes', 'list', '--clamd', 'av:3310'],
      {
        target: 'a',
        format: 'table',
        advisories: [],
        malwareRules: [`${cwd}/rules`, '/etc/rules'],
        malwareHashes: [`${cwd}/list`],
        clamd: { host: 'av', port: 3310 },
      },
    ],
  ])('%j', (argv, expected) => {
    expect(parseScanArguments(argv, cwd)).toEqual({
      help: false,
      scanners: everything,
      ignoreUnfixed: false,
      secretRules: [],
      malwareRules: [],
      malwareHashes: [],
      ...expected,
    });
  });

  it.each([
    [[], 'say what to scan: an archive, a folder or an image'],
    [[''], 'say what to scan: an archive, a folder or an image'],
    [['a', 'b'], 'one target at a time; "b" is a second one'],
    [['a', '--format', 'spdx'], 'there is no format "spdx"; there are table, json, sarif, cyclonedx'],
    [['a', '--format', 'toString'], 'there is no format "toString"; there are table, json, sarif, cyclonedx'],
    [['a', '--json', '--format', 'table'], '--json and --format say different things'],
    [['a', '--fail-on', 'unknown'], '--fail-on takes low, medium, high, critical, not "unknown"'],
    [
      ['a', '--scanners', 'secret'],
      '--scanners takes packages, vulnerabilities, secrets, malware, misconfiguration, not "secret"',
    ],
    [['a', '--scanners', ''], '--scanners has an empty value'],
    [['a', '--platform', 'arm64'], '--platform takes os/architecture, such as linux/arm64, not "arm64"'],
    [['a', '--output='], '--output has an empty value'],
    [['a', '--ignore-file='], '--ignore-file has an empty value'],
    [['a', '--advisories='], '--advisories has an empty value'],
    [['a', '--clamd', 'localhost'], '--clamd takes HOST:PORT or unix:PATH, not "localhost"'],
    [['a', '--clamd='], '--clamd has an empty value'],
    [['a', '--verbose'], "Unknown option '--verbose'"],
    [['a', '--output'], "Option '-o, --output <value>' argument missing"],
    [['a', '--output', '--json'], "Option '--output' argument is ambiguous"],
  ])('refuses %j: %s', (argv, message) => {
    expect(() => parseScanArguments(argv, cwd)).toThrow(new ArgumentError(message));
  });

  it('asks for no target when asked for help', () => {
    expect(parseScanArguments(['--help'], cwd).help).toBe(true);
    expect(parseScanArguments(['-h'], cwd).help).toBe(true);
  });

  it('are all in the usage, within 100 columns', () => {
    for (const option of [
      'format',
      'json',
      'output',
      'scanners',
      'platform',
      'advisories',
      'secret-rules',
      'malware-rules',
      'malware-hashes',
      'clamd',
      'cache-dir',
      'fail-on',
      'ignore-unfixed',
      'ignore-file',
    ]) {
      expect(scanUsage).toContain(`--${option}`);
    }
    for (const line of scanUsage.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
