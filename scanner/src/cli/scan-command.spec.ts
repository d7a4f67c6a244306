import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cleanImage,
  dockerArchive,
  fakeGitHubToken,
  ociArchive,
  oldAlpineImage,
  oldDebianImage,
  oldGoImage,
  oldNodeImage,
  oldPythonImage,
  plantedImage,
  startImageRegistry,
} from '../../../tests/support/images/index.ts';
import type { ScanReport } from '../model.ts';
import { runScanCommand } from './scan-command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-scan-'));
  writeFileSync(join(folder, 'debian.tar'), dockerArchive(oldDebianImage()));
  writeFileSync(join(folder, 'debian.tar.gz'), dockerArchive(oldDebianImage(), { gzip: true }));
  writeFileSync(join(folder, 'debian-oci.tar'), ociArchive(oldDebianImage('zstd')));
  writeFileSync(join(folder, 'alpine.tar'), dockerArchive(oldAlpineImage()));
  writeFileSync(join(folder, 'python.tar'), dockerArchive(oldPythonImage()));
  writeFileSync(join(folder, 'node.tar'), dockerArchive(oldNodeImage()));
  writeFileSync(join(folder, 'go.tar'), dockerArchive(oldGoImage()));
  writeFileSync(join(folder, 'planted.tar'), dockerArchive(plantedImage()));
  writeFileSync(join(folder, 'clean.tar'), dockerArchive(cleanImage()));
  writeFileSync(join(folder, 'cut.tar'), dockerArchive(oldDebianImage()).subarray(0, 2000));
  mkdirSync(join(folder, 'empty'));
  writeFileSync(
    join(folder, 'own.ndjson'),
    [
      {
        id: 'OWN-1',
        modified: '2026-01-02T03:04:05Z',
        aliases: ['CVE-2026-0001'],
        affected: [affected('Debian:11', 'bash')],
      },
      { id: 'OWN-2', modified: '2026-01-01T00:00:00Z', affected: [affected('npm', 'left-pad')] },
      { id: 'OWN-3' },
    ]
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function affected(ecosystem: string, name: string): object {
  return { package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] };
}

interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

async function scan(argv: string[], how: { terminal?: boolean; env?: Record<string, string> } = {}): Promise<Outcome> {
  const streams = [new PassThrough(), new PassThrough()] as const;
  if (how.terminal) for (const stream of streams) Object.assign(stream, { isTTY: true, columns: 120 });
  const texts = streams.map(() => '');
  for (const [index, stream] of streams.entries())
    stream.on('data', (data: Buffer) => (texts[index] += data.toString()));
  const [stdout, stderr] = streams;
  const status = await runScanCommand(argv, { stdout, stderr, cwd: folder, env: how.env ?? {} }, 'wharfinger scan');
  for (const stream of streams) {
    stream.end();
    await once(stream, 'end');
  }
  return { status, stdout: texts[0] ?? '', stderr: texts[1] ?? '' };
}

async function reportOf(...argv: string[]): Promise<ScanReport> {
  const { status, stdout, stderr } = await scan([...argv, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as ScanReport;
}

function flawsOf(report: ScanReport): string[] {
  return report.vulnerabilities.map(({ id, package: found }) => `${id} ${found.name} ${found.version}`).toSorted();
}

describe('wharfinger scan', () => {
  it.each(['debian.tar', 'debian.tar.gz', 'debian-oci.tar'])(
    'finds what is known of an old Debian in %s',
    async (name) => {
      const report = await reportOf(name);
      expect(report).toMatchObject({ target: name, source: 'docker-archive', status: 'complete', verified: false });
      expect(report.operatingSystem?.ecosystem).toBe('Debian:11');
      expect(report.packages.map((found) => found.name)).not.toContain('telnet');
      expect(flawsOf(report)).toEqual([
        'CVE-2018-25032 zlib1g 1:1.2.11.dfsg-2',
        'CVE-2021-3711 libssl1.1 1.1.1k-1',
        'CVE-2021-3711 openssl 1.1.1k-1',
        'CVE-2021-4034 policykit-1 0.105-30',
        'CVE-2022-0778 libssl1.1 1.1.1k-1',
        'CVE-2022-0778 openssl 1.1.1k-1',
        'CVE-2022-37434 zlib1g 1:1.2.11.dfsg-2',
      ]);
    },
  );

  it.each([
    ['alpine.tar', 'Alpine:v3.10', ['CVE-2019-14697 musl 1.1.22-r2']],
    [
      'python.tar',
      'Debian:11',
      [
        'CVE-2019-10906 Jinja2 2.10',
        'CVE-2019-14234 Django 2.2.0',
        'CVE-2020-14343 PyYAML 5.1',
        'CVE-2022-28346 Django 2.2.0',
      ],
    ],
    [
      'node.tar',
      'Debian:11',
      [
        'CVE-2019-10744 lodash 4.17.4',
        'CVE-2019-19919 handlebars 4.0.11',
        'CVE-2020-8203 lodash 4.17.4',
        'CVE-2021-23337 lodash 4.17.4',
      ],
    ],
    [
      'go.tar',
      undefined,
      [
        'CVE-2021-38561 golang.org/x/text v0.3.2',
        'CVE-2022-27664 stdlib go1.18.1',
        'CVE-2022-32149 golang.org/x/text v0.3.2',
        'CVE-2023-24538 stdlib go1.18.1',
        'CVE-2023-39325 stdlib go1.18.1',
        'CVE-2023-48795 golang.org/x/crypto v0.0.0-20190308221718-c2843e01d9a2',
        'CVE-2024-24790 stdlib go1.18.1',
        'CVE-2024-45337 golang.org/x/crypto v0.0.0-20190308221718-c2843e01d9a2',
      ],
    ],
  ])('finds what is known in %s', async (name, ecosystem, flaws) => {
    const report = await reportOf(name);
    expect(report.status).toBe('complete');
    expect(report.operatingSystem?.ecosystem).toBe(ecosystem);
    expect(flawsOf(report)).toEqual(flaws);
  });

  it('finds secrets in files, deleted files, environment and history, and malware, and shows no value', async () => {
    const { status, stdout } = await scan(['planted.tar', '--json']);
    const report = JSON.parse(stdout) as ScanReport;
    expect(status).toBe(0);
    expect(report.secrets.map(({ path, hidden }) => `${path}${hidden ? ' (hidden)' : ''}`).toSorted()).toEqual([
      'app/.env (hidden)',
      'env:AWS_ACCESS_KEY_ID',
      'history:1',
      'root/.ssh/id_rsa',
    ]);
    expect(report.malware.map(({ path, category }) => [path, category])).toEqual([
      ['app/uploads/eicar.com', 'test-file'],
    ]);
    expect(stdout).not.toContain(fakeGitHubToken().slice(4));
  });

  it('finds what rules of the user say, and what these extend', async () => {
    writeFileSync(
      join(folder, 'rules.toml'),
      '[extend]\npath = "more-rules.toml"\n[[rules]]\nid = "mine"\nregex = "AWS_\\\\w+"\ntags = ["a"]\n',
    );
    writeFileSync(join(folder, 'more-rules.toml'), '[[rules]]\nid = "key-file"\npath = "id_rsa$"\n');
    const { stdout } = await scan(['planted.tar', '--json', '--secret-rules', 'rules.toml']);
    const report = JSON.parse(stdout) as ScanReport;
    expect(report.secrets.map(({ rule, path, tags }) => [rule, path, tags])).toEqual([
      ['key-file', 'root/.ssh/id_rsa', undefined],
      ['mine', 'env:AWS_ACCESS_KEY_ID', ['a']],
    ]);
  });

  it('finds malware by the rules of a folder and by lists of digests, beside our own', async () => {
    mkdirSync(join(folder, 'yara/then'), { recursive: true });
    writeFileSync(join(folder, 'yara/one.yar'), 'rule Mine_One { condition: filepath endswith "/os-release" }');
    writeFileSync(join(folder, 'yara/then/two.YARA'), 'rule Mine_Two { condition: Mine_One }');
    writeFileSync(join(folder, 'yara/read-me.txt'), 'no rules');
    writeFileSync(
      join(folder, 'hashes.txt'),
      `# ours\n${'0'.repeat(32)}\n44d88612fea8a8f36de82e1278abb02f  Test file\n`,
    );
    const { stdout, stderr } = await scan([
      'planted.tar',
      '--json',
      '--malware-rules',
      'yara',
      '--malware-hashes',
      'hashes.txt',
    ]);
    expect(stderr).toBe('');
    const found = (JSON.parse(stdout) as ScanReport).malware.map(({ rule, title }) => [rule, title]);
    expect(found).toContainEqual(['Wharfinger_Eicar_Test_File', 'EICAR test file']);
    expect(found).toContainEqual(['Wharfinger_Listed_Hash', 'File on a list of malware: Test file']);
    expect(found).toContainEqual(['Mine_One', 'Mine_One']);
  });

  it('reports nothing of a clean image, on which nothing fails', async () => {
    const { status, stdout, stderr } = await scan([
      'clean.tar',
      '--fail-on',
      'low',
      '--scanners',
      'vulnerabilities,secrets,malware',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Vulnerabilities: none known\n');
    expect(stdout).toMatch(/\nScan complete: 0 vulnerabilities, 0 secrets, 0 malware hits\.\n$/);
  });

  it.each([
    ['debian.tar', 'critical', 1],
    ['debian.tar', 'low', 1],
    ['alpine.tar', 'critical', 1],
    ['clean.tar', 'high', 0],
    // Nothing says who runs in it: that is a finding too.
    ['clean.tar', 'medium', 1],
  ] as const)('ends %s with --fail-on %s with status %i', async (name, level, status) => {
    expect((await scan([name, '--fail-on', level])).status).toBe(status);
  });

  it('leaves out what the ignore file names, fails on the rest only, and tells of entries whose day has passed', async () => {
    writeFileSync(
      join(folder, 'ignore.toml'),
      `[[ignore]]
id = "CVE-2019-14697"
package = "musl"
reason = "No x87 code runs here."

[[ignore]]
id = "root-user"
reason = "It was so once."
expires = 2026-01-31
`,
    );
    const argv = ['alpine.tar', '--fail-on', 'critical', '--ignore-file', 'ignore.toml'];
    const { status, stdout, stderr } = await scan(argv);
    expect(status).toBe(0);
    expect(stderr).toMatch(/ignore\.toml:6: root-user is not ignored any more, since 2026-01-31 has passed\n$/);
    expect(stdout).toContain('Vulnerabilities: none known\n');
    expect(stdout).toContain('Left out: 1 finding that the ignore file names; --format json lists them.\n');
    expect(stdout).toContain('(root-user, ');
    const report = JSON.parse((await scan([...argv, '--json'])).stdout) as ScanReport;
    expect(report.vulnerabilities).toEqual([]);
    expect(report.ignored).toMatchObject([
      { by: 'ignore-file', reason: 'No x87 code runs here.', finding: { id: 'CVE-2019-14697' } },
    ]);
  });

  it('leaves out what no version mends when asked to', async () => {
    const argv = ['clean.tar', '--advisories', 'own.ndjson', '--json', '--ignore-unfixed'];
    const report = JSON.parse((await scan(argv)).stdout) as ScanReport;
    expect(report.vulnerabilities).toEqual([]);
    expect(report.ignored).toMatchObject([{ by: 'ignore-unfixed', finding: { id: 'OWN-2' } }]);
  });

  it('compares with the advisories it is given too, and counts those it cannot use', async () => {
    const { stdout, stderr } = await scan(['clean.tar', '--advisories', 'own.ndjson', '--json']);
    const report = JSON.parse(stdout) as ScanReport;
    expect(flawsOf(report)).toEqual(['OWN-2 left-pad 1.3.0']);
    expect(report.advisories.newest).toBe('2026-01-02T03:04:05Z');
    expect(stderr).toMatch(/^1 advisory records cannot be used, the first: .*OWN-3/);
  });

  it('tells which flaws are used in attacks, with a catalogue of them beside the advisories', async () => {
    const osv = join(folder, 'osv');
    mkdirSync(osv);
    const catalogued = [{ cveID: 'CVE-2019-14697', dateAdded: '2021-11-03' }];
    writeFileSync(join(osv, 'kev.json'), JSON.stringify({ catalogVersion: '1', vulnerabilities: catalogued }));
    writeFileSync(join(osv, 'epss.csv'), 'cve,epss,percentile\nCVE-2019-14697,0.0123,0.8\n');
    const argv = ['alpine.tar', '--advisories', 'osv', '--cache-dir', 'kept'];
    for (const time of ['first', 'second']) {
      const { stdout, stderr } = await scan(argv);
      expect([time, stderr]).toEqual([time, '']);
      expect(stdout).toMatch(/^critical +CVE-2019-14697 \(!\) +musl /m);
      expect(stdout).toContain('\n(!) known to be used in attacks\n');
    }
    const report = JSON.parse((await scan([...argv, '--json'])).stdout) as ScanReport;
    expect(report.vulnerabilities).toMatchObject([
      { exploited: { since: '2021-11-03' }, epss: { score: 0.0123, percentile: 0.8 } },
    ]);
  });

  it('writes SARIF', async () => {
    const { status, stdout } = await scan(['planted.tar', '--format', 'sarif']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'wharfinger-scan' } } }],
    });
    expect(stdout).not.toContain(fakeGitHubToken().slice(4));
  });

  it('reads an unpacked root file system', async () => {
    const root = join(folder, 'rootfs');
    for (const layer of oldDebianImage().layers) {
      mkdirSync(root, { recursive: true });
      writeFileSync(join(folder, 'layer.tar'), layer.tar);
      await run('tar', '-C', root, '-xf', join(folder, 'layer.tar'));
    }
    const report = await reportOf('rootfs');
    expect(report).toMatchObject({ source: 'directory', target: 'rootfs', status: 'complete' });
    expect(flawsOf(report)).toEqual(flawsOf(await reportOf('debian.tar')));
  });

  it('reads a registry on loopback without TLS, every byte checked', async () => {
    const image = oldDebianImage();
    const registry = await startImageRegistry([{ repository: 'team/debian', tag: '11', image }]);
    try {
      const target = `${registry.url.slice('http://'.length)}/team/debian:11`;
      const report = await reportOf(target);
      expect(report).toMatchObject({ target, source: 'registry', verified: true, status: 'complete' });
      expect(report.image).toMatchObject({ id: image.config.digest, digest: image.manifest.digest });
      expect(flawsOf(report)).toEqual(flawsOf(await reportOf('debian.tar')));
    } finally {
      await registry.stop();
    }
  });

  it('tells what a registry does not have', async () => {
    const registry = await startImageRegistry([]);
    try {
      const target = `${registry.url.slice('http://'.length)}/team/app:1`;
      const { status, stderr } = await scan([target]);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^wharfinger scan: "127[^"]+" is no file or folder here; as an image: .+\n$/);
    } finally {
      await registry.stop();
    }
  });

  it('gives the same report from kept indexes, and reads what is broken again', async () => {
    const first = await reportOf('planted.tar', '--cache-dir', 'cache');
    const kept = readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.json.zst'));
    expect(kept).toHaveLength(first.image.layers.length);
    expect(await reportOf('planted.tar', '--cache-dir', 'cache')).toEqual(first);
    for (const name of kept) writeFileSync(join(folder, 'cache', name), 'broken');
    expect(await reportOf('planted.tar', '--cache-dir', 'cache')).toEqual(first);
  });

  it('writes a file instead of standard output', async () => {
    const { status, stdout } = await scan(['debian.tar', '--format', 'cyclonedx', '--output', 'bom.json']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(JSON.parse(readFileSync(join(folder, 'bom.json'), 'utf8'))).toMatchObject({ specVersion: '1.6' });
  });

  it.each([
    [{ terminal: true }, true, true],
    [{ terminal: true, env: { NO_COLOR: '1' } }, false, true],
    [{ terminal: true, env: { TERM: 'dumb' } }, false, true],
    [{}, false, false],
  ])('with %j: colours %s, progress %s', async (how, colors, progress) => {
    const { stdout, stderr } = await scan(['debian.tar'], how);
    expect(stdout.includes('\u001b[')).toBe(colors);
    expect(stderr.includes('\r\u001b[K')).toBe(progress);
    if (progress) expect(stderr).toMatch(new RegExp(`${String.fromCodePoint(27)}\\[K$`));
  });

  it('tells its usage', async () => {
    const { status, stdout } = await scan(['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^usage: wharfinger scan <target> /);
  });

  it.each([
    [['missing.tar'], /"missing\.tar" is no file or folder here; as an image: /],
    [['own.ndjson'], /own\.ndjson/],
    [['debian.tar', '--advisories', 'nowhere'], /nowhere/],
    [['debian.tar', '--output', 'no/such/folder/report.json'], /report\.json cannot be written: there is no such file/],
    [['debian.tar', '--format', 'xml'], /there is no format "xml".*--help tells more/],
    [['debian.tar', '--ignore-file', 'own.ndjson'], /own\.ndjson:1: /],
    [['debian.tar', '--ignore-file', 'debian.tar.gz'], /debian\.tar\.gz cannot be read: is no text in UTF-8/],
    [['debian.tar', '--ignore-file', 'nowhere'], /nowhere cannot be read: there is no such file or folder/],
    [['debian.tar', '--secret-rules', 'nowhere'], /secret rules, .*nowhere: cannot be read/],
    [['debian.tar', '--secret-rules', 'own.ndjson'], /own\.ndjson, line 1, column \d+: not valid TOML/],
    [['debian.tar', '--malware-rules', 'nowhere'], /nowhere cannot be read: there is no such file/],
    [['debian.tar', '--malware-rules', 'own.ndjson'], /own\.ndjson:1:1: /],
    [['debian.tar', '--malware-rules', 'empty'], /empty holds no file that ends in \.yar or \.yara/],
    [['debian.tar', '--malware-rules', 'debian.tar.gz'], /debian\.tar\.gz is no text in UTF-8/],
    [['debian.tar', '--malware-hashes', 'nowhere'], /nowhere cannot be read: there is no such file/],
    [['debian.tar', '--malware-hashes', 'own.ndjson'], /own\.ndjson:1: no digest in hex stands there/],
    [['\u001b[2J\nevil'], /evil/],
  ])('tells in one line why there is no result: %j', async (argv, message) => {
    const { status, stdout, stderr } = await scan(argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^wharfinger scan: \P{Cc}+\n$/u);
  });

  it('never takes a broken archive for a clean one', async () => {
    const { status, stdout, stderr } = await scan(['cut.tar']);
    if (status === 2) expect(stderr).toMatch(/^wharfinger scan: /);
    else expect(stdout).toContain('Scan INCOMPLETE');
  });
});

describe('wharfinger-scan', () => {
  const command = fileURLToPath(new URL('../../bin/wharfinger-scan.mjs', import.meta.url));

  it('runs by itself, from where the user stands', async () => {
    const { status, stdout } = await run(process.execPath, command, 'clean.tar', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ target: 'clean.tar', vulnerabilities: [] });
  });

  it('minds no reader that has seen enough', async () => {
    const { status, stderr } = await run(
      'sh',
      '-c',
      `"${process.execPath}" "${command}" debian.tar --json | head -n 1`,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

function run(program: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { INIT_CWD: _, ...env } = process.env;
    const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, stdout, stderr }));
  });
}
