import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerArchive, oldDebianImage, plantedImage } from '../../tests/support/images/index.ts';
import type { ScanReport } from '../src/model.ts';
import { installAlone, type InstalledScanner } from './install-alone.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let installed: InstalledScanner;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharfinger-package-'));
  installed = installAlone(folder);
  writeFileSync(join(folder, 'debian.tar'), dockerArchive(oldDebianImage()));
  writeFileSync(join(folder, 'planted.tar'), dockerArchive(plantedImage()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function manifest(): { dependencies: Record<string, string>; exports: unknown; scripts?: unknown } {
  return JSON.parse(read('package.json'));
}

function read(name: string): string {
  return readFileSync(join(installed.folder, name), 'utf8');
}

function run(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const [node = '', bin = ''] = installed.command;
  return spawnSync(node, [bin, ...argv], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
}

describe('the package', () => {
  it('is plain: no sources in TypeScript, nothing to build, and what was bundled with its licences', () => {
    const files = readdirSync(installed.folder, { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'NOTICE',
        'README.md',
        'dist/THIRD-PARTY-LICENSES.txt',
        'dist/report.schema.json',
      ]),
    );
    expect(manifest()).not.toHaveProperty('scripts');
    expect(Object.keys(manifest().dependencies)).toEqual(['@litko/yara-x', 'temporal-polyfill', 'undici']);
    const licences = read('dist/THIRD-PARTY-LICENSES.txt');
    for (const name of ['zod', 'semver', 'smol-toml', 'yauzl'])
      expect(licences).toMatch(new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
  });

  it('leaves the workspace as it was', () => {
    const own = (name: string) => readFileSync(join(installed.packedFrom, name), 'utf8');
    expect(own('package.json')).toBe(readFileSync(join(root, 'scanner/package.json'), 'utf8'));
    expect(readdirSync(installed.packedFrom)).not.toContain('LICENSE');
  });

  it('scans as a command, through a node_modules of links', () => {
    const { status, stdout, stderr } = run('planted.tar', '--json', '--fail-on', 'high');
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as ScanReport;
    expect(report.status).toBe('complete');
    // The rules that were read when it was packed find what their sources find.
    expect(report.secrets.map(({ rule }) => rule).toSorted()).toEqual([
      'aws-access-key-id',
      'github-token',
      'github-token',
      'private-key',
    ]);
    expect(report.malware.map(({ rule }) => rule)).toContain('Wharfinger_Eicar_Test_File');
    expect(run('--help').stdout).toMatch(/^usage: wharfinger-scan <target>/);
  });

  it('is a library, with types', () => {
    writeFileSync(
      join(folder, 'use.mts'),
      `import { memoryAdvisories, openImage, scanImage, starterAdvisories } from '@wharfinger/scanner';
const source = await openImage('debian.tar');
const report = await scanImage(source, { advisories: memoryAdvisories(starterAdvisories()), riskClasses: ['vulnerabilities'] });
await source.close();
const worst: string | undefined = report.vulnerabilities[0]?.severity;
process.stdout.write(\`\${report.status} \${report.packages.length > 0} \${worst}\\n\`);
`,
    );
    const { status, stdout } = spawnSync(process.execPath, ['use.mts'], { cwd: folder, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, 'complete true critical\n']);
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--skipLibCheck', 'false'];
    const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node'];
    const checked = spawnSync(join(root, 'node_modules/.bin/tsc'), [...options, ...types, 'use.mts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    // The types of Node and of our dependencies are theirs to keep right.
    const ours = checked.stdout.split('\n').filter((line) => /^(use\.mts|node_modules\/@wharfinger)/.test(line));
    expect(ours).toEqual([]);
  });
});
