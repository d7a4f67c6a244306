/**
 * `npm run test:package`: installs the packed scanner in an empty folder as a user would (from the registry, with an empty
 * home), and compares what it finds under the oldest line of Node that it is for and under ours.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerArchive, oldDebianImage, plantedImage } from '../../tests/support/images/index.ts';
import type { ScanReport } from '../src/model.ts';

const oldestLine = '22';
const scanner = fileURLToPath(new URL('../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wharfinger-alone-'));
const home = join(folder, 'home');
const env = { ...process.env, HOME: home };

try {
  mkdirSync(home);
  const archive = run('npm', ['pack', '--silent', '--pack-destination', folder], scanner).trim();
  writeFileSync(join(folder, 'debian.tar'), dockerArchive(oldDebianImage()));
  writeFileSync(join(folder, 'planted.tar'), dockerArchive(plantedImage()));
  const node = `node-${process.platform}-${process.arch}`;
  run('npm', ['install', '--silent', '--prefix', join(folder, 'node'), `${node}@${oldestLine}`], folder);
  const oldest = join(folder, 'node/node_modules', node, 'bin/node');
  mkdirSync(join(folder, 'app'));
  run('npm', ['install', '--silent', '--prefix', join(folder, 'app'), join(folder, archive)], folder);
  const command = join(folder, 'app/node_modules/.bin/wharfinger-scan');
  for (const image of ['debian.tar', 'planted.tar']) {
    const [ours, theirs] = [process.execPath, oldest].map((program) => scan(program, command, image));
    const same = JSON.stringify(ours) === JSON.stringify(theirs);
    process.stdout.write(
      `${same ? 'ok   ' : 'fail '} ${image}: ${summary(ours)}, under ${versionOf(process.execPath)} and ${versionOf(oldest)}\n`,
    );
    if (!same || ours?.status !== 'complete') process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function scan(program: string, command: string, image: string): ScanReport {
  return JSON.parse(run(program, [command, image, '--json'], folder)) as ScanReport;
}

function summary(report: ScanReport | undefined): string {
  const { packages = [], vulnerabilities = [], secrets = [], malware = [] } = report ?? {};
  return `${packages.length} packages, ${vulnerabilities.length} vulnerabilities, ${secrets.length} secrets, ${malware.length} malware`;
}

function versionOf(program: string): string {
  return run(program, ['--version'], folder).trim();
}

function run(program: string, args: string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
