import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LocatedPackage, ScanReport } from '../scanner/src/model.ts';
import { describeSharedData } from './support/requirements.ts';

const command = fileURLToPath(new URL('../scanner/bin/wharfinger-scan.mjs', import.meta.url));

interface Expected {
  path: string;
  package: string;
  version: string;
  advisoryName: string;
  expected: string[];
}

describeSharedData('real images, scanned by the real command with all advisories of the data pack', (data) => {
  describe.each(['debian-11', 'alpine-3.10', 'almalinux-8'])('own-%s', (name) => {
    const fixture = join(data, 'fixtures', `image-own-${name}.json`);
    const known = JSON.parse(readFileSync(fixture, 'utf8')) as Expected[];
    let report: ScanReport;
    beforeAll(async () => {
      const archive = join(data, 'images', 'docker-save', `own-${name}.tar.gz`);
      const { status, stdout, stderr } = await scan([archive, '--json', '--advisories', join(data, 'advisories')]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      report = JSON.parse(stdout) as ScanReport;
    });

    it('is read to its end', () => {
      expect(report).toMatchObject({ status: 'complete', reasons: [], source: 'docker-archive', verified: false });
    });

    it('has exactly the packages that are installed', () => {
      const names = (list: { path: string; name: string; version: string }[]): string[] =>
        list.map(({ path, name, version }) => `${path} ${name.toLowerCase()} ${version}`).toSorted();
      expect(names(report.packages)).toEqual(
        names(known.map((one) => ({ path: one.path.slice(1), name: one.package, version: one.version }))),
      );
    });

    it('has exactly the advisories that OSV-Scanner and the OSV algorithm find', () => {
      const found = new Map<string, Set<string>>();
      for (const { package: at, advisories } of report.vulnerabilities) {
        const ids = found.get(keyOf(at)) ?? new Set();
        for (const id of advisories) ids.add(id);
        found.set(keyOf(at), ids);
      }
      const expected = known.map((one) => [
        keyOf({ path: one.path.slice(1), name: one.package, version: one.version }),
        one.expected,
      ]);
      expect(
        Object.fromEntries(expected.map(([key]) => [key, [...(found.get(String(key)) ?? [])].toSorted()])),
      ).toEqual(Object.fromEntries(expected));
      expect([...found.keys()].filter((key) => expected.every(([known]) => known !== key))).toEqual([]);
    });

    it('is compared with all advisories, as old as they are', () => {
      expect(report.advisories.records).toBeGreaterThan(37_000);
      expect(report.advisories.newest).toMatch(/^2026-08-2/);
    });
  });
});

function keyOf({ path, name, version }: Pick<LocatedPackage, 'path' | 'name' | 'version'>): string {
  return `${path} ${name.toLowerCase()} ${version}`;
}

function scan(args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
